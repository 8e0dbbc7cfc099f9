-- context: people
-- How the organisation looks to staff and customers, and each merchant where it looks another way.
create table brand (
    organisation_id {id} not null,
    -- Empty for the organisation's own.
    merchant_id {text} not null,
    display_name {text} not null,
    -- Like #0b5f73.
    accent {text} not null,
    support_email {text} not null,
    support_phone {text} not null,
    support_link {text} not null,
    logo_digest {text} not null,
    changed_at {time} not null,
    primary key (organisation_id, merchant_id)
) {keyed};

-- Pictures that a brand uses, under the digest of what they are.
create table logo (
    organisation_id {id} not null,
    digest {text} not null,
    media_type {text} not null,
    -- In base64.
    content {text} not null,
    created_at {time} not null,
    primary key (organisation_id, digest)
) {keyed};
