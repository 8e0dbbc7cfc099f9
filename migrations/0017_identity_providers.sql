-- context: people
-- Services that prove who somebody is, by OpenID Connect.
create table identity_provider (
    organisation_id {id} not null,
    provider_id {id} not null,
    name {text} not null,
    issuer {text} not null,
    client_id {text} not null,
    -- Sealed with the master key.
    client_secret {text} not null,
    -- Where browsers find us: a provider sends them back to nowhere else.
    address {text} not null,
    -- E-mail domains with spaces between; every domain where there is none.
    domains {text} not null,
    -- What people get whom nobody enrolled; where there is none, they are refused.
    role {text},
    merchant_id {text} not null,
    node_id {text} not null,
    created_at {time} not null,
    updated_at {time} not null,
    primary key (organisation_id, provider_id),
    constraint identity_provider_area check (merchant_id = '' or node_id = '')
) {keyed};

-- Who a provider's subjects are to us. The subject counts and not the e-mail address, which may be given to somebody else.
create table identity (
    organisation_id {id} not null,
    issuer {text} not null,
    subject {text} not null,
    user_id {id} not null,
    created_at {time} not null,
    primary key (organisation_id, issuer, subject),
    unique (organisation_id, issuer, user_id)
) {keyed};

-- The digest of the journey to a provider that a session came from: each begins one session.
alter table access_token add column begun_by {text};
create unique index access_token_by_journey on access_token (organisation_id, begun_by);
