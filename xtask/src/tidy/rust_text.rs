//! Rust source taken apart into code, string literals and comments, each with its line.

/// What a rule may look at without being fooled by a word in a comment or a string.
pub struct RustText {
    /// The source with the inside of strings, characters and comments blanked; every line keeps its number.
    pub code: String,
    /// String literals, with the line each begins on.
    pub strings: Vec<(usize, String)>,
    /// Comments, with the line each begins on.
    pub comments: Vec<(usize, String)>,
}

impl RustText {
    /// Takes `text` apart. Source that does not parse is read as far as it makes sense: the compiler complains.
    pub fn read(text: &str) -> RustText {
        let mut reader = Reader {
            rest: text,
            line: 1,
            out: RustText { code: String::new(), strings: vec![], comments: vec![] },
        };
        while !reader.rest.is_empty() {
            reader.step();
        }
        reader.out
    }

    /// Lines of code, numbered from one.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// The lines on which `word` stands in the code with no letter of a longer name beside it.
    pub fn lines_with(&self, word: &str) -> Vec<usize> {
        self.lines().filter(|(_, line)| has_word(line, word)).map(|(number, _)| number).collect()
    }
}

/// Whether `word` stands in `line` as itself: `Tx` is in `&mut Tx`, not in `TxId`.
pub fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let starts = !before.is_some_and(is_part) || !word.starts_with(is_part);
        let ends = !after.is_some_and(is_part) || !word.ends_with(is_part);
        starts && ends
    })
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    out: RustText,
}

impl Reader<'_> {
    fn step(&mut self) {
        let rest = self.rest;
        if rest.starts_with("//") {
            let end = rest.find('\n').unwrap_or(rest.len());
            self.out.comments.push((self.line, rest[..end].to_owned()));
            self.blank(end);
        } else if rest.starts_with("/*") {
            let end = block_comment_end(rest);
            self.out.comments.push((self.line, rest[..end].to_owned()));
            self.blank(end);
        } else if let Some((open, end)) = string_at(rest, self.out.code.chars().next_back()) {
            let close =
                end - (rest[..end].len() - rest[..end].trim_end_matches(['"', '#']).len()).min(end - open);
            self.out.strings.push((self.line, rest[open..close.max(open)].to_owned()));
            self.blank(end);
        } else if let Some(end) = character_end(rest) {
            self.blank(end);
        } else {
            let c = rest.chars().next().expect("the loop stops when nothing is left");
            self.line += usize::from(c == '\n');
            self.out.code.push(c);
            self.rest = &rest[c.len_utf8()..];
        }
    }

    fn blank(&mut self, end: usize) {
        for c in self.rest[..end].chars() {
            self.line += usize::from(c == '\n');
            self.out.code.push(if c == '\n' { '\n' } else { ' ' });
        }
        self.rest = &self.rest[end..];
    }
}

fn block_comment_end(text: &str) -> usize {
    let (mut depth, mut at) = (0_u32, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Where the content of a string literal starts and where the literal ends, if one begins here.
fn string_at(text: &str, before: Option<char>) -> Option<(usize, usize)> {
    let is_inside_name = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let prefix = text.find(|c: char| !matches!(c, 'b' | 'c' | 'r'))?;
    if prefix > 2 || (prefix > 0 && is_inside_name) {
        return None;
    }
    let hashes = text[prefix..].find(|c| c != '#')?;
    if !text[prefix + hashes..].starts_with('"') || (hashes > 0 && !text[..prefix].contains('r')) {
        return None;
    }
    let open = prefix + hashes + 1;
    if text[..prefix].contains('r') {
        let mark = format!("\"{}", "#".repeat(hashes));
        let close = text[open..].find(&mark).map_or(text.len(), |at| open + at + mark.len());
        return Some((open, close));
    }
    let mut is_escaped = false;
    for (at, c) in text[open..].char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return Some((open, open + at + 1)),
            _ => {}
        }
    }
    Some((open, text.len()))
}

/// Where a character literal that begins here ends; a lifetime is not one.
fn character_end(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    if let Some(escaped) = inside.strip_prefix('\\') {
        let skip = escaped.chars().next()?.len_utf8();
        return escaped[skip..].find('\'').map(|at| 2 + skip + at + 1);
    }
    let c = inside.chars().next()?;
    inside[c.len_utf8()..].starts_with('\'').then_some(2 + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_are_taken_out_of_the_code() {
        let source = "let a = \"sel\\\"ect\"; // axum::Router\nlet b = r#\"from \"x\" \"#; /* one\n/* two */ */ f('\"', 'a, b'x')\n";
        let text = RustText::read(source);
        assert_eq!(text.strings, [(1, "sel\\\"ect".to_owned()), (2, "from \"x\" ".to_owned())]);
        assert_eq!(text.comments.len(), 2);
        assert_eq!(text.code.lines().count(), 3);
        assert!(!text.code.contains("axum") && text.code.contains("f(") && text.code.contains("let b ="));
    }

    #[test]
    fn an_empty_string_and_a_lifetime_do_not_swallow_what_follows() {
        let text = RustText::read("fn f<'a>(x: &'a str) { g(\"\", r\"\"); h(b\"x\", '\\'') }");
        assert_eq!(text.strings, [(1, String::new()), (1, String::new()), (1, "x".to_owned())]);
        assert!(text.code.contains("h(") && text.code.ends_with('}'));
    }

    #[test]
    fn a_word_is_found_only_as_itself() {
        assert!(has_word("fn f(tx: &mut Tx)", "Tx"));
        assert!(!has_word("let id: TxId;", "Tx"));
        assert!(has_word("use axum::Router;", "axum::"));
        assert!(!has_word("my_axum::Router", "axum::"));
    }
}
