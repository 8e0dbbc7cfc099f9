-- context: people
create table organisation (
    organisation_id {id} not null primary key,
    name {text} not null,
    currency {text} not null,
    time_zone {text} not null,
    -- Signs links that customers get.
    signing_key {text} not null,
    created_at {time} not null
) {keyed};

create table merchant (
    organisation_id {id} not null,
    merchant_id {id} not null,
    name {text} not null,
    created_at {time} not null,
    primary key (organisation_id, merchant_id)
) {keyed};

create table staff (
    organisation_id {id} not null,
    user_id {id} not null,
    email {text} not null,
    name {text} not null,
    password_hash {text} not null,
    language {text} not null,
    is_active {bool} not null,
    created_at {time} not null,
    primary key (organisation_id, user_id),
    unique (email)
) {keyed};

-- Sessions of people and tokens of machines; only the digest of the secret is kept.
create table access_token (
    token_digest {text} not null primary key,
    organisation_id {id} not null,
    session_id {id} not null,
    user_id {id} not null,
    kind {text} not null check (kind in ('session', 'api', 'first_run')),
    created_at {time} not null,
    expires_at {time} not null,
    revoked_at {time}
) {keyed};
create index access_token_by_user on access_token (organisation_id, user_id);
