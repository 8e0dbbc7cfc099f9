-- context: people
-- Ways of looking at a list of orders that people keep under a name of their own, as the page's address has them.
create table saved_view (
    organisation_id {id} not null,
    view_id {id} not null,
    user_id {id} not null,
    name {text} not null,
    query {text} not null,
    is_shared {bool} not null,
    created_at {time} not null,
    primary key (organisation_id, view_id),
    constraint saved_view_name unique (organisation_id, user_id, name)
) {keyed};
