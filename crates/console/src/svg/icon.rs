//! The icons: strokes on a 24 by 24 field, drawn for this console.

/// The inside of an icon's `<svg>`. The name is one of ours; a wrong one draws a crossed box, and a test finds it.
pub fn strokes(name: &str) -> &'static str {
    match name {
        "overview" => r#"<path d="M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z"/>"#,
        "orders" => r#"<path d="M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6"/>"#,
        "stock" => r#"<path d="M3 8l9-5 9 5v8l-9 5-9-5zM3 8l9 5 9-5M12 13v8"/>"#,
        "nodes" => {
            r#"<path d="M12 21s-7-6.2-7-11a7 7 0 0 1 14 0c0 4.8-7 11-7 11z"/><circle cx="12" cy="10" r="2.5"/>"#
        }
        "stations" => r#"<path d="M4 4v4M4 16v4h4M20 8V4h-4M20 16v4h-4M8 4H4M8 8v8M12 8v8M16 8v8"/>"#,
        "receive" => r#"<path d="M12 3v11M7 10l5 5 5-5M4 16v4h16v-4"/>"#,
        "import" => r#"<path d="M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 17h7"/>"#,
        "settings" => {
            r#"<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>"#
        }
        "search" => r#"<circle cx="11" cy="11" r="6.5"/><path d="M16 16l5 5"/>"#,
        "user" => r#"<circle cx="12" cy="8" r="4"/><path d="M4 21c1-5 4-7 8-7s7 2 8 7"/>"#,
        "out" => r#"<path d="M10 4H5v16h5M14 8l4 4-4 4M8 12h10"/>"#,
        "ok" => r#"<path d="M4 13l5 5L20 6"/>"#,
        "wrong" => r#"<path d="M5 5l14 14M19 5L5 19"/>"#,
        "too_many" => r#"<path d="M12 4v10M12 18v2"/>"#,
        "wrong_order" => r#"<path d="M4 8h13l-4-4M20 16H7l4 4"/>"#,
        "wrong_stage" => r#"<path d="M4 12h9M9 7l5 5-5 5M19 5v14"/>"#,
        "refused" => r#"<circle cx="12" cy="12" r="8.5"/><path d="M6 18L18 6"/>"#,
        "unknown" => r#"<path d="M8 9a4 4 0 1 1 6 3.5c-1.5.9-2 1.5-2 3.5M12 19v1"/>"#,
        "done" => r#"<path d="M2 13l5 5L16 7M11 17l1 1L22 7"/>"#,
        "clock" => r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>"#,
        "warning" => r#"<path d="M12 4l9 16H3zM12 10v5M12 17.5v.5"/>"#,
        "truck" => {
            r#"<path d="M2 6h12v10H2zM14 10h4l4 4v2h-8z"/><circle cx="7" cy="18" r="2"/><circle cx="17" cy="18" r="2"/>"#
        }
        "label" => r#"<path d="M3 12V4h8l10 10-8 8z"/><circle cx="7.5" cy="8.5" r="1.2"/>"#,
        "view" => r#"<path d="M4 5h16l-6 7v6l-4 2v-8z"/>"#,
        "columns" => r#"<path d="M4 4h16v16H4zM10 4v16M15 4v16"/>"#,
        "bell" => r#"<path d="M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4"/>"#,
        "command" => r#"<path d="M5 7l5 5-5 5M12 18h7"/>"#,
        "edit" => r#"<path d="M4 20l1-5L16 4l4 4L9 19zM13 7l4 4"/>"#,
        "close" => r#"<path d="M6 6l12 12M18 6L6 18"/>"#,
        "back" => r#"<path d="M14 5l-7 7 7 7"/>"#,
        "next" => r#"<path d="M10 5l7 7-7 7"/>"#,
        "empty" => r#"<path d="M3 13l3-8h12l3 8v6H3zM3 13h5l1.5 3h5L16 13h5"/>"#,
        _ => r#"<path d="M4 4h16v16H4zM4 4l16 16M20 4L4 20"/>"#,
    }
}
