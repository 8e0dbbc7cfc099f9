//! The page of the guide that lists every setting.

use super::{Risk, SETTINGS, risk::Severity};

const HEAD: &str = "# Configuration

<!-- Made from crates/app/src/config.rs: `UPDATE=1 cargo test -p quartermaster` writes it anew. -->

Settings come from the command line, else the environment, else a file, else their defaults. The file is TOML:
`quartermaster.toml` where the program is started, or the one that `--config` or `QUARTERMASTER_CONFIG` names.

```toml
database = \"postgres://quartermaster@localhost/quartermaster\"
listen = \"0.0.0.0:8080\"
public_url = \"https://stock.example.com\"
log_format = \"json\"
```

In the environment each name stands in capitals behind `QUARTERMASTER_`; on the command line `--set NAME=VALUE` takes
any of them, and the usual ones have options of their own. A name that is none of these is refused, with its place.
`quartermaster config` prints what holds and where each value is from, without passwords; `--json` is for machines.

## Settings
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for setting in SETTINGS {
        let default = match setting.default {
            "" => "none".to_owned(),
            default => format!("`{default}`"),
        };
        let says = wrapped(setting.says);
        page.push_str(&format!(
            "\n### `{}`\n\n{says}\n\n- environment: `{}`\n- default: {default}\n",
            setting.name,
            setting.variable()
        ));
    }
    page.push_str(
        "\n## Risks\n\nA server does not start with a risk that is *refused* until it is named in `accept_risks`. \
         Others are said in\nthe log at each start, until they are named. `quartermaster doctor` tells of both.\n",
    );
    for risk in Risk::ALL {
        let severity = match risk.severity() {
            Severity::Refused => "refused",
            Severity::Warned => "warned of",
        };
        page.push_str(&format!(
            "\n- **`{risk}`**, {severity}. {}\n  *Instead:* {}\n",
            risk.says(),
            risk.remedy()
        ));
    }
    page
}

/// In lines of 120 characters.
fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < 120 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

#[test]
fn the_guide_lists_every_setting() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide/configuration.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == page(), "docs/guide/configuration.md is out of date: run this test with UPDATE=1");
}
