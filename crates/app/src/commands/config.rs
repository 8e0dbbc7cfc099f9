//! `config`: the settings that hold and where each is from.

use std::process::ExitCode;

use serde_json::json;

use crate::config::{Config, SETTINGS};

pub fn run(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let shown = || SETTINGS.iter().map(|setting| (setting.name, config.shown(setting)));
    if json {
        let settings: serde_json::Map<_, _> = SETTINGS
            .iter()
            .map(|setting| {
                let (value, source) = config.shown(setting);
                let told = json!({
                    "value": value,
                    "source": source.to_string(),
                    "environment": setting.variable(),
                    "says": setting.says.trim(),
                });
                (setting.name.to_owned(), told)
            })
            .collect();
        println!("{}", json!(settings));
        return Ok(ExitCode::SUCCESS);
    }
    let widest = |width: fn(&(&str, (String, String))) -> usize| {
        let rows = shown().map(|(name, (value, source))| (name, (value, source.to_string())));
        rows.map(|row| width(&row)).max().unwrap_or(0)
    };
    let (names, values) = (widest(|row| row.0.len()), widest(|row| row.1.0.len()).min(60));
    for (name, (value, source)) in shown() {
        let value = if value.is_empty() { "-" } else { &value };
        println!("{name:names$}  {value:values$}  {source}");
    }
    Ok(ExitCode::SUCCESS)
}
