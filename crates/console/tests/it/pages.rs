//! Every page, in every state, in every language.

use console::{Language, Theme};

use crate::samples;

fn every_page(check: impl Fn(Language, &str, &str)) {
    for language in Language::ALL {
        for (name, html) in samples::all(language, Theme::Device).into_iter().chain(samples::parts(language))
        {
            check(language, name, &html);
        }
    }
}

#[test]
fn no_page_lacks_a_text_an_icon_or_a_file() {
    every_page(|language, name, html| {
        for (missing, what) in
            [("⟦", "text"), ("/assets/missing", "file"), ("M4 4h16v16H4zM4 4l16 16", "icon")]
        {
            assert!(!html.contains(missing), "{} {name}: a {what} is missing", language.tag());
        }
    });
}

#[test]
fn what_people_entered_is_text_and_never_markup() {
    every_page(|_, name, html| {
        assert!(!html.contains("<script>alert"), "{name}");
        assert!(!html.contains("Tea & Coffee"), "{name}: an ampersand is not escaped");
    });
}

#[test]
fn a_strict_content_security_policy_holds() {
    every_page(|_, name, html| {
        assert!(!html.contains(" style="), "{name}: inline style");
        assert!(!html.contains("<style"), "{name}: inline style sheet");
        for tag in html.split("<script").skip(1) {
            assert!(tag.starts_with(" src=\"/assets/"), "{name}: inline script");
        }
        let mut attributes = html.split(['<', ' ', '\n']);
        let handler = attributes.find(|word| word.starts_with("on") && word.contains("=\""));
        assert_eq!(handler, None, "{name}: inline handler");
        // A link leads elsewhere and loads nothing.
        let loading = html.split('<').filter(|tag| !tag.starts_with("a "));
        for tag in loading {
            for outside in ["src=\"http", "src=\"//", "href=\"http", "url(http"] {
                assert!(!tag.contains(outside), "{name}: something is loaded from elsewhere");
            }
        }
    });
}

#[test]
fn tags_are_closed_in_the_order_they_are_opened() {
    every_page(|language, name, html| {
        if let Err(problem) = balanced(html) {
            panic!("{} {name}: {problem}", language.tag());
        }
    });
}

/// Reads tags the simple way our own templates allow: no `<` or `>` in attributes or text.
fn balanced(html: &str) -> Result<(), String> {
    const VOID: [&str; 6] = ["meta", "link", "input", "img", "br", "hr"];
    let mut open: Vec<&str> = Vec::new();
    for tag in html.split('<').skip(1) {
        let Some((tag, _)) = tag.split_once('>') else { return Err(format!("<{tag} never ends")) };
        if let Some(name) = tag.strip_prefix('/') {
            let last = open.pop();
            if last != Some(name) {
                return Err(format!("</{name}> closes {last:?}"));
            }
        } else if !tag.starts_with('!') && !tag.ends_with('/') {
            let name = tag.split([' ', '\n']).next().unwrap_or_default();
            if !VOID.contains(&name) {
                open.push(name);
            }
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} stay open")) }
}

#[test]
fn every_field_has_a_label_and_every_form_that_changes_something_its_key() {
    every_page(|_, name, html| {
        for tag in html.split('<').filter(|tag| tag.starts_with("input ") || tag.starts_with("select ")) {
            let tag = tag.split('>').next().unwrap_or_default();
            let id = tag.split("id=\"").nth(1).and_then(|rest| rest.split('"').next());
            let is_labelled = tag.contains("type=\"hidden\"")
                || tag.contains("aria-label=")
                || id.is_some_and(|id| html.contains(&format!("for=\"{id}\"")));
            assert!(is_labelled, "{name}: <{tag}> has no label");
        }
        for form in html.split("<form").skip(1).filter(|form| form.contains("method=\"post\"")) {
            let form = form.split("</form>").next().unwrap_or_default();
            let changes_only_the_reader =
                ["/preferences", "/sign-out", "/sign-in", "/first-run", "/orders/cancellations/preview"]
                    .iter()
                    .any(|action| form.contains(&format!("action=\"{action}\"")));
            // Sent twice these end where they ended, or their answer is a secret, which is not kept under a key.
            let needs_no_key = [
                "/settings/people/",
                "/settings/keys",
                "/settings/sign-in/",
                "/settings/badges",
                "/settings/devices",
                "/device/",
                "/badge\"",
                "/settings/privacy",
                "/settings/view-as",
                "/view-as/end",
                "/settings/sessions",
                "/settings/me",
                "/settings/merchants/",
                "/join/",
            ]
            .iter()
            .any(|action| form.contains(&format!("action=\"{action}")));
            assert!(
                changes_only_the_reader || needs_no_key || form.contains("name=\"command\""),
                "{name}: a form without a key"
            );
        }
    });
}

#[test]
fn ids_are_unique_on_a_page() {
    every_page(|_, name, html| {
        let mut ids: Vec<&str> =
            html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        ids.sort_unstable();
        let repeated = ids.windows(2).find(|pair| pair[0] == pair[1]);
        assert_eq!(repeated, None, "{name}");
    });
}

#[test]
fn the_customer_s_page_works_without_scripts_and_tells_little() {
    for (name, html) in samples::all(Language::En, Theme::Device) {
        if name.starts_with("tracking") {
            assert!(!html.contains("<script"), "{name}");
            assert!(html.contains("noindex") && html.contains("no-referrer"), "{name}");
            assert!(!html.contains("Popescu") && !html.contains("Lipscani"), "{name}");
        }
    }
}

#[test]
fn a_chosen_theme_is_on_the_page() {
    let (_, html) = samples::all(Language::En, Theme::Dark).swap_remove(0);
    assert!(html.contains("data-theme=\"dark\""));
}

#[test]
fn the_live_message_brings_each_block_to_its_place() {
    let (_, live) = samples::parts(Language::En).swap_remove(0);
    for place in ["tiles", "stages", "hours", "recent", "nodes"] {
        assert!(live.contains(&format!("hx-target=\"#{place}\"")), "{place}");
        assert_eq!(live.matches(&format!(" id=\"{place}\"")).count(), 1, "{place}");
    }
}
