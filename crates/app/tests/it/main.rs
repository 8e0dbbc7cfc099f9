//! The binary as operators run it, on SQLite files of their own.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod kill_loop;
mod nats;
mod program;
mod serving;
mod traces;
mod two_nodes;

use std::num::NonZeroU32;

use history::{Channel, History, Item, Listing, Meta, Node, Receipt};
use kernel::{Currency, Place, Quantity};
use serde_json::{Value, json};

use program::{Home, Program};

/// Goods in stock at one node, sold on the channel `web`, and nothing that happened yet.
fn goods() -> History {
    let mut goods = History::new(Meta {
        format_version: Meta::VERSION,
        name: "Tea house".into(),
        currency: Currency::EUR,
        time_zone: "Europe/Sofia".into(),
    });
    goods.nodes.push(Node {
        code: "SOF".into(),
        name: "Sofia".into(),
        kind: "warehouse".into(),
        time_zone: String::new(),
        line1: "ul. Shipka 5".into(),
        postal_code: "1504".into(),
        city: "Sofia".into(),
        region: String::new(),
        country: "BG".into(),
        place: Some(Place::from_degrees(42.7, 23.3).unwrap()),
        capabilities: vec!["ship".into()],
    });
    goods.channels.push(Channel { code: "web".into(), name: "Shop".into(), kind: "web".into() });
    for sku in ["MUG", "TEA"] {
        goods.items.push(Item {
            sku: sku.into(),
            title: sku.into(),
            barcodes: Vec::new(),
            weight_grams: Some(300),
            length_mm: None,
            width_mm: None,
            height_mm: None,
        });
        goods.listings.push(Listing {
            channel: "web".into(),
            external_code: sku.into(),
            sku: sku.into(),
            pack_factor: NonZeroU32::MIN,
        });
        goods.receipts.push(Receipt {
            at: "2026-03-02T06:00:00Z".parse().unwrap(),
            node: "SOF".into(),
            sku: sku.into(),
            quantity: Quantity::new(5).unwrap(),
            reference: "opening".into(),
        });
    }
    goods
}

const ORDERS: &str = "\
external_reference,currency,ship_to_country,external_code,quantity,unit_price
W1,EUR,BG,TEA,2,6.50
W1,,,MUG,1,9.90
W2,EUR,BG,TEA,two,6.50
W3,EUR,BG,SOUP,1,3.00
W4,EUR,BG,TEA,4,6.50
";

#[tokio::test]
async fn a_server_starts_from_nothing_says_how_to_get_in_and_ends_when_told() {
    let home = Home::new();
    let server = home.serve().await;
    let health = server.get("/health").await;
    assert_eq!(health["status"], "ok");
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    assert!(health["durability"].as_str().unwrap().contains("survives power loss"), "{health}");
    assert_eq!(server.get("/ready").await["status"], "ready");

    let secret = server.first_run_secret.clone().expect("nobody is enrolled yet");
    let staff = json!({
        "email": "ana@example.com", "name": "Ana", "password": "a long enough password", "language": "en",
    });
    let enrolled = server.post("/v1/first-run", &json!({ "secret": secret, "staff": staff })).await;
    assert_eq!(enrolled.0, 201, "{}", enrolled.1);
    assert!(server.stop().success());

    let again = home.serve().await;
    assert_eq!(again.first_run_secret, None);
    assert!(again.stop().success());

    let stranger = home.run(&["token", "--email", "eve@example.com"]);
    assert!(!stranger.is_success && stranger.stderr.contains("nobody is enrolled"), "{stranger:?}");
    let minted = home.run(&["token", "--email", "Ana@Example.com"]);
    assert!(minted.stdout.starts_with("qm_"), "{minted:?}");
    let again = home.serve().await;
    let me = again.get_as("/v1/me", minted.stdout.trim()).await;
    assert_eq!(me["email"], "ana@example.com", "{me}");
}

#[test]
fn c8_a_server_that_others_could_listen_to_does_not_start() {
    let home = Home::new();
    let open = home.run(&["serve", "--listen", "0.0.0.0:0"]);
    assert!(!open.is_success && open.stderr.contains("accept_risks=open-listen"), "{open:?}");
    home.write("quartermaster.toml", "# ours\nlissten = \"0.0.0.0:0\"\n");
    let misspelt = home.run(&["verify"]);
    let says = "quartermaster.toml:2: `lissten` is no setting: did you mean `listen`?";
    assert!(!misspelt.is_success && misspelt.stderr.contains(says), "{misspelt:?}");
}

#[tokio::test]
async fn a_doctor_beside_a_server_says_what_is_wrong_and_what_to_do() {
    let home = Home::new();
    let nothing = home.run(&["doctor"]);
    assert!(!nothing.is_success && nothing.stdout.contains("-> name the right one"), "{nothing:?}");

    let server = home.serve().await;
    let told = home.run(&["doctor", "--json", "--set", "allow_private_webhooks=true"]);
    assert!(told.is_success, "{told:?}");
    let told: Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(told["verdict"], "doubtful", "{told}");
    let of = |what: &str| -> Vec<&Value> {
        told["findings"].as_array().unwrap().iter().filter(|found| found["what"] == what).collect()
    };
    for what in ["disk", "engine", "durability", "schema", "clock", "events", "webhooks", "invariants"] {
        assert!(of(what).iter().all(|found| found["verdict"] == "good"), "{what}: {told}");
        assert!(!of(what).is_empty(), "{what}: {told}");
    }
    assert!(of("secrets")[0]["says"].as_str().unwrap().contains("first-run secret is open"), "{told}");
    assert!(of("settings")[0]["remedy"].as_str().unwrap().contains("allow_private_webhooks"), "{told}");
    assert!(server.stop().success());

    let away = home.run(&["doctor", "--database", "postgres://nobody@127.0.0.1:1/nothing"]);
    assert!(!away.is_success && away.stdout.contains("WRONG     database"), "{away:?}");
}

#[test]
fn the_settings_that_hold_are_shown_with_their_source_and_without_passwords() {
    let home = Home::new();
    home.write("quartermaster.toml", "drain = 7\n");
    let shown = home.run(&["config", "--json", "--database", "postgres://me:s3cret@localhost/shop"]);
    let settings: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(settings["database"]["value"], "postgres://me:***@localhost/shop");
    assert_eq!(settings["database"]["source"], "--database");
    assert_eq!(settings["drain"]["source"], "quartermaster.toml:1");
    assert_eq!(settings["log"]["environment"], "QUARTERMASTER_LOG");
    let shown = home.run(&["config"]);
    assert!(shown.stdout.contains("QUARTERMASTER_DATABASE"), "{shown:?}");
}

#[tokio::test]
async fn every_bad_row_of_a_file_is_named_and_the_rest_is_taken() {
    let home = Home::new();
    goods().write(&home.path("goods")).unwrap();
    let replayed = home.run(&["replay", "goods"]);
    assert!(replayed.is_success, "{replayed:?}");
    home.write("orders.csv", ORDERS);

    let imported = home.run(&["import", "orders", "orders.csv", "--channel", "web"]);
    assert!(!imported.is_success, "{imported:?}");
    for line in [
        "order W2: unreadable, row 4, column `quantity`",
        "row 5, order W3: refused, /lines/0/external_code `SOUP` is not listed on channel web",
        "row 6, order W4: refused, line 1 (TEA): 4 asked for, 3 free; 3 of it would be taken now",
        "1 accepted, 0 known before, 0 left out, 2 refused, 1 unreadable, 0 lost",
    ] {
        assert!(imported.stdout.contains(line), "{line} is not in {}", imported.stdout);
    }

    let again = home.run(&["import", "orders", "orders.csv", "--channel", "web", "--json"]);
    let last: Value = serde_json::from_str(again.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(last["summary"]["repeated"], 1, "{last}");
    assert_eq!(last["summary"]["accepted"], 0, "{last}");

    let verified = home.run(&["verify", "--json"]);
    assert!(verified.is_success, "{verified:?}");
    assert_eq!(
        serde_json::from_str::<Value>(&verified.stdout).unwrap(),
        json!({ "is_sound": true, "findings": [] })
    );
}

#[tokio::test]
async fn a_backup_beside_a_running_server_comes_back_in_a_new_database() {
    let home = Home::new();
    goods().write(&home.path("goods")).unwrap();
    assert!(home.run(&["replay", "goods"]).is_success);
    home.write("orders.csv", ORDERS);
    home.run(&["import", "orders", "orders.csv", "--channel", "web"]);
    let server = home.serve().await;
    let saved = home.run(&["backup", "house.backup", "--json"]);
    assert!(saved.is_success, "{saved:?}");
    let saved: Value = serde_json::from_str(&saved.stdout).unwrap();
    assert_eq!(saved["rows"]["sales_order"], 1, "{saved}");
    let over = home.run(&["backup", "house.backup"]);
    assert!(!over.is_success && over.stderr.contains("is there already"), "{over:?}");
    let over = home.run(&["restore", "house.backup"]);
    assert!(!over.is_success && over.stderr.contains("belongs to a running quartermaster"), "{over:?}");
    assert!(server.stop().success());
    let over = home.run(&["restore", "house.backup"]);
    assert!(!over.is_success && over.stderr.contains("not empty"), "{over:?}");

    let restored = home.run(&["--database", "sqlite:other.db", "restore", "house.backup"]);
    assert!(restored.is_success && restored.stdout.contains("sound"), "{restored:?}");
    let again = home.run(&[
        "--database",
        "sqlite:other.db",
        "import",
        "orders",
        "orders.csv",
        "--channel",
        "web",
        "--json",
    ]);
    let last: Value = serde_json::from_str(again.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(last["summary"]["repeated"], 1, "{last}");

    let mut torn = std::fs::read(home.path("house.backup")).unwrap();
    torn.truncate(torn.len() / 2);
    std::fs::write(home.path("torn.backup"), torn).unwrap();
    for arguments in [
        &["backup", "torn.backup", "--check"][..],
        &["--database", "sqlite:third.db", "restore", "torn.backup"],
    ] {
        let refused = home.run(arguments);
        assert!(!refused.is_success && refused.stderr.contains("torn.backup is refused"), "{refused:?}");
    }
    assert!(!home.path("third.db").exists(), "nothing was begun");
}

#[tokio::test]
async fn who_comes_second_is_told_whose_the_file_is_and_may_read_it() {
    let home = Home::new();
    let server = home.serve().await;
    home.write("orders.csv", ORDERS);
    let refused = home.run(&["import", "orders", "orders.csv", "--channel", "web"]);
    assert!(!refused.is_success);
    assert!(refused.stderr.contains("belongs to a running quartermaster"), "{refused:?}");
    assert!(refused.stderr.contains("API or console"), "{refused:?}");

    let verified = home.run(&["verify"]);
    assert!(verified.is_success && verified.stdout.starts_with("sound"), "{verified:?}");
    let exported = home.run(&["export", "history", "written"]);
    assert!(exported.is_success, "{exported:?}");
    assert!(server.stop().success());
    assert!(History::read(&home.path("written")).is_ok());
}

#[tokio::test]
async fn whom_to_forget_is_said_clearly_and_looked_at_first() {
    let home = Home::new();
    goods().write(&home.path("goods")).unwrap();
    assert!(home.run(&["replay", "goods"]).is_success);
    home.write(
        "orders.csv",
        "external_reference,currency,customer_email,ship_to_country,external_code,quantity,unit_price\n\
         W1,EUR,Zoe@mail.example,BG,TEA,2,6.50\n",
    );
    let imported = home.run(&["import", "orders", "orders.csv", "--channel", "web"]);
    assert!(imported.is_success, "{imported:?}");
    for nobody in
        [&[][..], &["--email", "Zoe"], &["--order", "W1"], &["--email", "z@x.y", "--order", "ord_1"]]
    {
        let refused = home.run(&[&["erase", "customer"], nobody].concat());
        assert!(!refused.is_success, "{nobody:?}: {refused:?}");
    }
    let looked = home.run(&["erase", "customer", "--email", "zoe@mail.example"]);
    assert!(looked.is_success, "{looked:?}");
    assert!(
        looked.stdout.contains("W1") && looked.stdout.contains("0 of 1 orders would be erased"),
        "{looked:?}"
    );
    let done = home.run(&["erase", "customer", "--email", "zoe@mail.example", "--yes"]);
    assert!(!done.is_success, "it is not all done: {done:?}");
    assert!(done.stdout.contains("is under way and was left as it is"), "{done:?}");
    let order_id = done.stdout.split_whitespace().find(|word| word.starts_with("ord_")).unwrap();
    let again = home.run(&["erase", "customer", "--order", order_id, "--json"]);
    let preview: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(preview["orders"][0]["standing"], "under_way", "{preview}");
}

#[tokio::test]
async fn a_schema_is_checked_before_it_is_changed() {
    let home = Home::new();
    assert!(!home.run(&["migrate", "--check"]).is_success, "there is nothing to check yet");
    assert!(home.run(&["migrate"]).stdout.contains("done: 0001_runtime"));
    let checked = home.run(&["migrate", "--check"]);
    assert!(checked.is_success && checked.stdout.contains("up to date"), "{checked:?}");
}

#[tokio::test]
async fn a_command_line_that_makes_no_sense_is_refused_before_anything_is_touched() {
    let home = Home::new();
    for arguments in [&["serve", "--listen", "everywhere"][..], &["bench"][..], &["replay", "nowhere"][..]] {
        assert!(!home.run(arguments).is_success, "{arguments:?}");
    }
    assert!(!home.path("house.db").exists());
}

#[test]
fn the_program_says_what_it_can() {
    let help = Program::run(&["--help"]);
    for command in [
        "serve", "work", "migrate", "import", "export", "replay", "verify", "erase", "demo", "bench", "token",
    ] {
        assert!(help.stdout.contains(&format!("\n  {command} ")), "{command} is not in {}", help.stdout);
    }
}
