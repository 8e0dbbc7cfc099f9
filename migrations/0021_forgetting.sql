-- context: runtime
-- What an event says must be erasable, and the chain of its hashes must still hold afterwards. So the hash covers a
-- digest of the words under a salt: with the words goes the salt, and the digest stays. Events from before have no salt.
alter table event add column salt {text};
-- There from the moment the words are erased; empty where there was no salt, and then the hash itself stands for them.
alter table event add column digest {text};

-- Answers are forgotten by age.
create index command_key_by_age on command_key (organisation_id, created_at);
