//! Writes every page as a static file, with the style sheet and scripts beside it:
//! `cargo run -p console --example gallery -- OUT_DIR`.

use std::fs;
use std::io;
use std::path::Path;

use console::{Language, Theme};

#[path = "../tests/it/samples/mod.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "shared with the tests, which use more of it")]
mod samples;

fn main() -> io::Result<()> {
    let Some(out) = std::env::args_os().nth(1) else {
        return Err(io::Error::other("which folder? `cargo run -p console --example gallery -- OUT_DIR`"));
    };
    let out = Path::new(&out);
    fs::create_dir_all(out.join("assets"))?;
    for (name, bytes) in console::assets::all() {
        fs::write(out.join("assets").join(name), bytes)?;
    }
    for language in Language::ALL {
        for theme in [Theme::Light, Theme::Dark] {
            for (name, html) in samples::all(language, theme) {
                let name = format!("{name}.{}.{}.html", language.tag(), theme.code());
                fs::write(out.join(name), html.replace("\"/assets/", "\"assets/"))?;
            }
        }
    }
    Ok(())
}
