//! The second wall where the login may not raise it: the product works, and says what is missing.

use db::{Access, Db, Engine, Fault, Wall, wall};
use kernel::{MerchantId, Scope};
use testkit::TestDb;

use super::write;

async fn script(db: &Db, text: String) {
    write(db, move |tx| Box::pin(async move { tx.script(&text).await })).await.unwrap();
}

/// How many merchants are seen by somebody of this merchant.
async fn merchants_seen(db: &Db, merchant: &str) -> i64 {
    let scope = Scope::NOTHING.with_merchant(MerchantId::parse(merchant).unwrap());
    let read = db.read::<(i64,), Fault, _>(|tx| {
        Box::pin(async move { tx.query_one("select count(*) from merchant", &[]).await })
    });
    wall::within(scope, "user:usr_1", read).await.unwrap().0
}

const TWO_MERCHANTS: &str = "insert into merchant (organisation_id, merchant_id, name, created_at) values \
    ('org_1', 'mer_a', 'A', '2026-01-01T00:00:00Z'), ('org_1', 'mer_b', 'B', '2026-01-01T00:00:00Z')";

testkit::both_engines! {
    async fn a_login_that_may_make_no_role_works_without_the_second_wall_and_raises_it_later_i11(db: TestDb) {
        if db.engine() == Engine::Sqlite {
            assert_eq!(db.wall().await.unwrap(), Wall::Unknown);
            return;
        }
        let house = db.empty_beside().await.unwrap();
        let Some((head, tail)) = house.url().split_once("postgres@") else { return };
        let login = house.url().rsplit('/').next().unwrap().replace("quartermaster_test", "quartermaster_login");
        script(&house, format!(
            "create role {login} login; grant all on schema public to {login}; \
             do $$ begin if not exists (select from pg_roles where rolname = '{role}') then create role {role} nologin; \
             end if; exception when duplicate_object or unique_violation then null; end $$", role = wall::ROLE
        )).await;
        let theirs = Db::open(&format!("{head}{login}@{tail}"), Access::Write).await.unwrap();

        db::migrate(&theirs).await.unwrap();
        let Wall::Down(remedy) = theirs.wall().await.unwrap() else { panic!("it may not take the role") };
        assert_eq!(remedy, format!("as a superuser: grant {} to \"{login}\"; then start again", wall::ROLE));
        script(&theirs, TWO_MERCHANTS.into()).await;
        assert_eq!(merchants_seen(&theirs, "mer_a").await, 2);

        script(&house, format!("grant {} to {login}", wall::ROLE)).await;
        db::migrate(&theirs).await.unwrap();
        assert_eq!(theirs.wall().await.unwrap(), Wall::Up);
        assert_eq!(merchants_seen(&theirs, "mer_a").await, 1);
        assert_eq!(merchants_seen(&theirs, "mer_c").await, 0);
        // The owner still sees all, so that its backup has all.
        let (all,): (i64,) = super::query(&theirs, "select count(*) from merchant", &[]).await[0];
        assert_eq!(all, 2);

        script(&house, format!("drop owned by {login} cascade; drop role {login}")).await;
    }

    async fn the_wall_is_raised_once_and_again_only_where_it_differs(db: TestDb) {
        if db.engine() == Engine::Sqlite {
            return;
        }
        assert_eq!(db.wall().await.unwrap(), Wall::Up);
        script(&db, "drop policy within on sales_order; revoke select on item from quartermaster_within".into()).await;
        assert!(matches!(db.wall().await.unwrap(), Wall::Down(_)));
        db::migrate(&db).await.unwrap();
        assert_eq!(db.wall().await.unwrap(), Wall::Up);
    }
}
