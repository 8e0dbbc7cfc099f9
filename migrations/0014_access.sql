-- context: people
-- Who may do what, and where: a role holds in the whole organisation, for one merchant, or at one node.
create table assignment (
    organisation_id {id} not null,
    user_id {id} not null,
    role {text} not null,
    -- Empty where it is not for one merchant, not at one node.
    merchant_id {text} not null,
    node_id {text} not null,
    created_at {time} not null,
    primary key (organisation_id, user_id, role, merchant_id, node_id),
    constraint assignment_area check (merchant_id = '' or node_id = '')
) {keyed};

-- Until now everybody on the staff could do everything.
insert into assignment (organisation_id, user_id, role, merchant_id, node_id, created_at)
select organisation_id, user_id, 'owner', '', '', created_at from staff;

-- A key is made for less than its maker may: these permissions (all of them where there are none), in this area.
alter table access_token add column name {text} not null default '';
alter table access_token add column permissions {text};
alter table access_token add column merchant_id {text} not null default '';
alter table access_token add column node_id {text} not null default '';
-- Noted once a minute at most.
alter table access_token add column used_at {time};

-- A person who was asked to join; whoever has the secret of the link chooses name and password.
create table invitation (
    organisation_id {id} not null,
    invitation_id {id} not null,
    secret_digest {text} not null,
    email {text} not null,
    role {text} not null,
    merchant_id {text} not null,
    node_id {text} not null,
    created_at {time} not null,
    expires_at {time} not null,
    -- Accepted or withdrawn.
    ended_at {time},
    primary key (organisation_id, invitation_id),
    unique (organisation_id, secret_digest),
    constraint invitation_area check (merchant_id = '' or node_id = '')
) {keyed};
