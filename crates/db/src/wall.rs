//! The second wall between merchants, on PostgreSQL: row-level security behind the conditions of our own statements.
//!
//! Whoever answers somebody that may see a part of the organisation only does so [`within`] that part. Every read that
//! is begun there runs as a role that owns nothing and sees the rows that `wall.txt` allows, whatever its statements
//! say. Writes, workers and people of the whole house run as the owner, who is not bound.
//!
//! [`raise`] makes the role and the policies, again at each start, and only what differs. Where the login may not make
//! a role the wall is not up: see [`Wall::Down`].

use std::{collections::HashMap, fmt::Write as _, future::Future};

use kernel::Scope;
use sha2::{Digest, Sha256};

use crate::{Fault, Tx, migrate};

/// The role as which such reads run. It cannot log in, owns nothing, and may only read.
pub const ROLE: &str = "quartermaster_within";

/// Binds the transaction at hand.
pub(crate) const BIND: &str = "set local role quartermaster_within";

/// What is seen of each table.
const RULES: &str = include_str!("wall.txt");

/// Whether the second wall is up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wall {
    /// Each read for a part of the organisation is bound to it by the engine.
    Up,
    /// It is not, and this is why.
    Down(String),
    /// The engine knows no such thing.
    Unknown,
}

/// A part of the organisation, and who asks for it.
#[derive(Debug, Clone)]
struct Part {
    scope: Scope,
    actor: String,
}

tokio::task_local! {
    /// For which part this task works. A handler that forgets to say it in its statements must not see more.
    static PART: Part;
}

/// Does `work` so that it reads what lies within the scope and nothing else, where the engine has the wall. What it
/// spawns is not bound.
pub async fn within<F: Future>(scope: Scope, actor: &str, work: F) -> F::Output {
    if scope.is_everything() {
        return work.await;
    }
    PART.scope(Part { scope, actor: actor.to_owned() }, work).await
}

/// What a read of this task begins with besides `begin`; none where it may see all.
pub(crate) fn bounds() -> Option<String> {
    PART.try_with(|Part { scope, actor }| {
        let list = |ids: Vec<&str>| quoted(&ids.join(","));
        format!(
            "; set local quartermaster.merchants = {}; set local quartermaster.nodes = {}; \
             set local quartermaster.actor = {}; {BIND}",
            list(scope.merchant_ids().iter().map(|id| id.as_str()).collect()),
            list(scope.node_ids().iter().map(|id| id.as_str()).collect()),
            quoted(actor)
        )
    })
    .ok()
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Which rows of a table are seen.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Rows {
    All,
    Where(String),
}

fn rules() -> Result<Vec<(&'static str, Rows)>, Fault> {
    let lines = RULES.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let unread = || Fault::Schema(format!("`{line}` is no rule of the second wall"));
            let (table, rule) = line.split_once(' ').ok_or_else(unread)?;
            let rows = match rule.trim() {
                "open" => Rows::All,
                "closed" => Rows::Where("false".into()),
                rule => Rows::Where(condition(table, rule).ok_or_else(unread)?),
            };
            Ok((table, rows))
        })
        .collect()
}

/// A rule as the engine's condition; none where a mark is not understood.
fn condition(table: &str, rule: &str) -> Option<String> {
    // In a subquery, so that it is asked once a statement and not once a row.
    let list = |name: &str| {
        format!("(select string_to_array(current_setting('quartermaster.{name}', true), ','))::text[]")
    };
    let mut out = String::new();
    let mut rest = rule;
    while let Some((before, after)) = rest.split_once('{') {
        let (mark, after) = after.split_once('}')?;
        out.push_str(before);
        match mark {
            "merchants" | "nodes" => out.push_str(&format!("= any ({})", list(mark))),
            "works" => out.push_str(&format!("cardinality({}) > 0", list("nodes"))),
            "actor" => out.push_str("(select current_setting('quartermaster.actor', true))"),
            _ => {
                let wanted = mark.strip_prefix("in ")?;
                let (there, here) = match wanted.split_once(" as ") {
                    Some((there, here)) => (there, here),
                    None => (wanted, wanted.split_once('.')?.1),
                };
                let (other, column) = there.split_once('.')?;
                // With an offset the planner asks row by row, by index, and does not gather all that a node ever did.
                out.push_str(&format!(
                    "exists (select 1 from {other} w where w.organisation_id = {table}.organisation_id \
                     and w.{column} = {table}.{here} offset 0)"
                ));
            }
        }
        rest = after;
    }
    Some(out + rest)
}

/// The statements that bring one table to its rule.
fn statements(table: &str, rows: &Rows, mark: &str) -> String {
    let mut script = format!("drop policy if exists within on {table};\n");
    match rows {
        // Another login that somebody gave rights to sees what it saw before.
        Rows::Where(condition) => write!(
            script,
            "alter table {table} enable row level security;\n\
             create policy within on {table} using (current_user <> '{ROLE}' or ({condition}));\n\
             comment on policy within on {table} is '{mark}';\n"
        ),
        Rows::All => writeln!(script, "alter table {table} disable row level security;"),
    }
    .expect("a string takes what is written to it");
    script
}

fn mark(rows: &Rows) -> String {
    match rows {
        Rows::Where(condition) => migrate::hex(&Sha256::digest(condition)),
        Rows::All => String::new(),
    }
}

/// What the rules ask of the owner.
const WORK: &str = include_str!("wall.sql");

/// Makes the role where there is none and takes it, so far as this login may. Several databases of one server share
/// it, and may come to this at one moment.
const TAKE_ROLE: &str = "do $$ begin \
    if not exists (select from pg_roles where rolname = 'quartermaster_within') then \
        create role quartermaster_within nologin; \
    end if; \
    exception when insufficient_privilege or duplicate_object or unique_violation then null; end $$; \
    do $$ begin \
    if not pg_has_role(current_user, 'quartermaster_within', \
            case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end) then \
        execute format('grant quartermaster_within to %I', current_user); \
    end if; \
    exception when insufficient_privilege or undefined_object then null; end $$;";

/// Lets the role read. Views are asked with the rights of whoever asks, or they would be doors in the wall.
const LET_READ: &str = "do $$ declare name text; begin \
    execute format('grant usage on schema %I to quartermaster_within', current_schema); \
    for name in select viewname from pg_views where schemaname = current_schema and viewname like 'v\\_%' loop \
        execute format('alter view %I set (security_invoker = true)', name); \
        execute format('grant select on %I to quartermaster_within', name); \
    end loop; end $$; \
    grant select on within_work to quartermaster_within;";

/// How a table stands: whether it is bound, by what, and whether the role may read it.
type Standing = (String, bool, Option<String>, bool);

/// How each table of the schema stands.
const STANDINGS: &str = "select c.relname::text as name, c.relrowsecurity as bound, \
        (select obj_description(p.oid, 'pg_policy') from pg_policy p \
          where p.polrelid = c.oid and p.polname = 'within') as mark, \
        coalesce((select has_table_privilege(r.oid, c.oid, 'select') from pg_roles r \
          where r.rolname = 'quartermaster_within'), false) as readable \
   from pg_class c where c.relnamespace = current_schema::regnamespace and c.relkind = 'r'";

async fn standings(tx: &Tx) -> Result<HashMap<String, Standing>, Fault> {
    let rows: Vec<Standing> = tx.query(STANDINGS, &[]).await?;
    Ok(rows.into_iter().map(|row| (row.0.clone(), row)).collect())
}

/// Why this login cannot run as the role, if it cannot.
async fn lacking(tx: &Tx) -> Result<Option<String>, Fault> {
    let (is_there, may, login): (bool, bool, String) = tx
        .query_one(
            "select exists (select from pg_roles where rolname = 'quartermaster_within') as there, \
                    coalesce((select pg_has_role(current_user, r.oid, \
                        case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end) \
                      from pg_roles r where r.rolname = 'quartermaster_within'), false) as may, \
                    current_user::text as login",
            &[],
        )
        .await?;
    Ok(match (is_there, may) {
        (true, true) => None,
        (true, false) => Some(format!("as a superuser: grant {ROLE} to \"{login}\"; then start again")),
        (false, _) => Some(format!(
            "as a superuser: create role {ROLE} nologin; grant {ROLE} to \"{login}\"; then start again"
        )),
    })
}

/// Raises the wall, or what of it is not as it should be. Runs in the transaction that brought the schema up to date.
pub(crate) async fn raise(tx: &Tx, is_schema_new: bool) -> Result<(), Fault> {
    tx.script(TAKE_ROLE).await?;
    let is_role_ours = lacking(tx).await?.is_none();
    let standings = standings(tx).await?;
    let mut script = String::new();
    for (table, rows) in rules()? {
        let Some((_, is_bound, marked, is_readable)) = standings.get(table) else { continue };
        let wanted = mark(&rows);
        let is_wanted_bound = matches!(rows, Rows::Where(_));
        if *is_bound != is_wanted_bound || (is_wanted_bound && marked.as_deref() != Some(&wanted)) {
            script.push_str(&statements(table, &rows, &wanted));
        }
        if is_role_ours && !is_readable {
            script.push_str(&format!("grant select on {table} to {ROLE};\n"));
        }
    }
    if is_schema_new || !script.is_empty() {
        tx.script(WORK).await?;
        tx.script(&script).await?;
        if is_role_ours {
            tx.script(LET_READ).await?;
        }
    }
    Ok(())
}

/// Whether the wall is up, on PostgreSQL.
pub(crate) async fn look(tx: &Tx) -> Result<Wall, Fault> {
    if let Some(remedy) = lacking(tx).await? {
        return Ok(Wall::Down(remedy));
    }
    let standings = standings(tx).await?;
    for (table, rows) in rules()? {
        let stands = standings.get(table).is_some_and(|(_, is_bound, marked, is_readable)| {
            let is_bound = *is_bound && marked.as_deref() == Some(&mark(&rows));
            *is_readable && (is_bound || rows == Rows::All)
        });
        if !stands {
            return Ok(Wall::Down(format!(
                "run `quartermaster migrate`: `{table}` is not bound as it should be"
            )));
        }
    }
    Ok(Wall::Up)
}

/// What the wall is made of, for whoever keeps copies by it.
pub(crate) fn text() -> String {
    format!("{RULES}{WORK}{TAKE_ROLE}{LET_READ}")
}

/// Tables that hold rows of single merchants, and are bound.
pub fn bound_tables() -> Result<Vec<&'static str>, Fault> {
    Ok(rules()?
        .into_iter()
        .filter(|(_, rows)| matches!(rows, Rows::Where(_)))
        .map(|(table, _)| table)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{migrate::STEPS, schema};

    #[test]
    fn every_table_has_its_line_and_one_that_names_a_merchant_is_never_open_i11() {
        let rules: HashMap<&str, Rows> = rules().unwrap().into_iter().collect();
        let tables = schema::tables(STEPS).unwrap();
        for table in &tables {
            let rule = rules.get(table.name.as_str());
            let rule = rule
                .unwrap_or_else(|| panic!("say in crates/db/src/wall.txt what is seen of {}", table.name));
            let names = |column: &str| table.columns.iter().any(|one| one.name == column);
            if names("merchant_id") || names("owner_id") || names("order_id") {
                assert_ne!(*rule, Rows::All, "{} has rows of single merchants", table.name);
            }
        }
        let there: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        let gone: Vec<_> = rules.keys().filter(|table| !there.contains(table)).collect();
        assert!(gone.is_empty(), "crates/db/src/wall.txt tells of tables that are not there: {gone:?}");
    }

    #[test]
    fn a_mark_that_nobody_knows_is_no_condition() {
        assert_eq!(condition("t", "{everybody}"), None);
        assert_eq!(condition("t", "{in other}"), None);
        let own = condition("t", "{in other.id as its_id}").unwrap();
        assert_eq!(
            own,
            "exists (select 1 from other w where w.organisation_id = t.organisation_id and w.id = t.its_id \
             offset 0)"
        );
    }

    #[tokio::test]
    async fn only_who_sees_a_part_is_bound_and_nobody_breaks_out_by_a_name() {
        assert_eq!(bounds(), None);
        assert_eq!(within(Scope::EVERYTHING, "user:a", async { bounds() }).await, None);
        let nothing = within(Scope::NOTHING, "it's; reset role", async { bounds() }).await.unwrap();
        assert!(nothing.contains("quartermaster.actor = 'it''s; reset role'; set local role"), "{nothing}");
    }
}
