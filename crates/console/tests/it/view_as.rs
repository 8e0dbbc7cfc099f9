//! Seeing the console as another role, and changing nothing meanwhile.

use axum::http::StatusCode;
use testkit::TestDb;

use crate::house::House;

testkit::both_engines! {
    async fn ada_sees_what_a_picker_sees_and_nothing_can_be_changed_until_she_is_back(db: TestDb) {
        let house = House::open(db).await;
        let roles = house.sees("/settings/roles").await;
        roles.says(&["View as", "See it as somebody else does"]);
        let (_, rest) = roles.text.split_once("<option value=\"nod_").expect("a node");
        let node = format!("nod_{}", rest.split('"').next().unwrap());
        let viewed = house.sends("/settings/view-as", &[("role", "picker"), ("area", &node)]).await;
        assert_eq!(viewed.status, StatusCode::SEE_OTHER);

        let stations = house.sees("/stations").await;
        stations.says(&["You see the console as Picker", "Back to yourself"]);
        assert!(!stations.text.contains("href=\"/orders\""), "what a picker is led to");
        assert_eq!(house.sees("/orders").await.status, StatusCode::FORBIDDEN);
        assert_eq!(house.sees("/settings/people").await.status, StatusCode::FORBIDDEN);
        for path in [
            "/settings/keys".to_owned(),
            "/settings/sessions".to_owned(),
            "/settings/view-as".to_owned(),
        ] {
            let refused = house.sends(&path, &[("role", "owner"), ("area", "")]).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
            refused.says(&["nothing can be changed"]);
        }

        assert_eq!(house.sends("/view-as/end", &[]).await.location, "/settings/roles");
        house.sees("/settings/people").await.says(&["Ada"]);
        house.shop.settles().await;
        house.sees("/settings/audit?kind=view.").await.says(&["view.began", "view.ended", "picker", "Ada"]);
    }

    async fn what_is_left_of_a_view_is_never_more_than_one_s_own(db: TestDb) {
        let house = House::open(db).await;
        house.sends("/settings/view-as", &[("role", "admin"), ("area", "")]).await;
        house.sees("/orders").await.says(&["You see the console as Admin"]);
        // Owners alone set providers up; who views as an admin sees no owner's page.
        assert_eq!(house.sees("/settings/sign-in").await.status, StatusCode::FORBIDDEN);
    }
}
