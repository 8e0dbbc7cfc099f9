-- context: people
-- Devices that several people work with, each at one node. Of what makes a browser this device only digests are kept.
create table device (
    organisation_id {id} not null,
    device_id {id} not null,
    name {text} not null,
    node_id {id} not null,
    -- Of the link that makes a browser this device; none once it was used.
    offer_digest {text},
    offer_until {time} not null,
    -- Of what that browser keeps; none before.
    secret_digest {text},
    created_at {time} not null,
    revoked_at {time},
    primary key (organisation_id, device_id),
    unique (organisation_id, offer_digest),
    unique (organisation_id, secret_digest)
) {keyed};

-- Codes with which people come in at a device.
create table badge (
    organisation_id {id} not null,
    badge_id {id} not null,
    user_id {id} not null,
    code_digest {text} not null,
    -- Slow to try; none where the code alone lets in.
    pin_hash {text},
    pin_failures {int} not null default 0 check (pin_failures between 0 and 5),
    created_at {time} not null,
    revoked_at {time},
    primary key (organisation_id, badge_id),
    unique (organisation_id, code_digest)
) {keyed};

-- A session that began with a badge is good at its device and while both are.
alter table access_token add column device_id {text};
alter table access_token add column badge_id {text};
create index access_token_at_device on access_token (organisation_id, device_id);
