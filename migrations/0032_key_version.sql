-- context: people
-- The version of the API that a key was made for; keys made before speak the newest.
alter table access_token add column api_version {text};
