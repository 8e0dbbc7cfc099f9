//! Every statement of the product is one that both engines accept. It is found in the source, so that a new one cannot
//! be forgotten.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use testkit::TestDb;

/// A statement and where it begins.
struct Statement {
    at: String,
    text: String,
}

/// What the scan reads of Rust: enough to find string literals and to join those of `concat!`.
#[derive(Debug, Clone, PartialEq)]
enum Token {
    Literal { text: String, line: usize },
    Word(String),
    Mark(char),
}

/// Macros that make statements: their parameters and the tokens of their one body.
type Macros = HashMap<String, (Vec<String>, Vec<Token>)>;

fn tokens(source: &str) -> Vec<Token> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let chars: Vec<char> = source.chars().collect();
    let (mut out, mut at, mut line) = (Vec::new(), 0, 1);
    while at < chars.len() {
        let (now, next) = (chars[at], chars.get(at + 1).copied().unwrap_or(' '));
        match now {
            '\n' => (at, line) = (at + 1, line + 1),
            '/' if next == '/' => at += chars[at..].iter().take_while(|c| **c != '\n').count(),
            // A quote as a char, not as the start of text.
            '\'' if next == '\\' => at += 4,
            '\'' if chars.get(at + 2) == Some(&'\'') => at += 3,
            '"' => {
                let began = line;
                let mut text = String::new();
                at += 1;
                while chars[at] != '"' {
                    match (chars[at], chars[at + 1]) {
                        ('\\', '\n') => {
                            at += 1;
                            while chars[at].is_whitespace() {
                                line += usize::from(chars[at] == '\n');
                                at += 1;
                            }
                            continue;
                        }
                        ('\\', escaped) => {
                            text.push(if escaped == 'n' { '\n' } else { escaped });
                            at += 1;
                        }
                        (plain, _) => {
                            line += usize::from(plain == '\n');
                            text.push(plain);
                        }
                    }
                    at += 1;
                }
                at += 1;
                out.push(Token::Literal { text, line: began });
            }
            letter if letter.is_alphabetic() || letter == '_' => {
                let word: String =
                    chars[at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
                at += word.chars().count();
                out.push(Token::Word(word));
            }
            blank if blank.is_whitespace() => at += 1,
            mark => {
                out.push(Token::Mark(mark));
                at += 1;
            }
        }
    }
    out
}

/// The place after the bracket that closes the one at `open`.
fn after_closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (place, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Mark('(' | '{' | '[') => depth += 1,
            Token::Mark(')' | '}' | ']') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return place + 1;
        }
    }
    tokens.len()
}

/// The text that the tokens at `at` give when compiled, the line it begins on, and the place after it.
fn text_at(tokens: &[Token], at: usize, macros: &Macros) -> Option<(String, usize, usize)> {
    match tokens.get(at)? {
        Token::Literal { text, line } => Some((text.clone(), *line, at + 1)),
        Token::Word(name) if tokens.get(at + 1) == Some(&Token::Mark('!')) => {
            let known = macros.get(name);
            if name != "concat" && known.is_none() {
                return None;
            }
            let end = after_closing(tokens, at + 2);
            let (mut parts, mut place, mut first_line) = (Vec::new(), at + 3, None);
            while place + 1 < end {
                let (text, line, after) = text_at(tokens, place, macros)?;
                parts.push(text);
                first_line.get_or_insert(line);
                place = after + usize::from(tokens.get(after) == Some(&Token::Mark(',')));
            }
            let text = match known {
                None => parts.concat(),
                Some((names, body)) => {
                    let filled = fill(body, names, &parts);
                    text_at(&filled, 0, macros)?.0
                }
            };
            Some((text, first_line?, end))
        }
        _ => None,
    }
}

/// A macro's body with its parameters replaced.
fn fill(body: &[Token], names: &[String], values: &[String]) -> Vec<Token> {
    let mut out = Vec::new();
    let mut body = body.iter().peekable();
    while let Some(token) = body.next() {
        if *token == Token::Mark('$')
            && let Some(Token::Word(name)) = body.peek()
            && let Some(place) = names.iter().position(|known| known == name)
        {
            body.next();
            out.push(Token::Literal { text: values[place].clone(), line: 0 });
        } else {
            out.push(token.clone());
        }
    }
    out
}

/// Reads `macro_rules! name { (…) => { body } }` at `at`.
fn read_macro(tokens: &[Token], at: usize) -> (String, (Vec<String>, Vec<Token>), usize) {
    let Token::Word(name) = &tokens[at + 2] else { panic!("a macro has a name") };
    let end = after_closing(tokens, at + 3);
    let body = tokens[at..end].iter().position(|token| *token == Token::Mark('>')).expect("it has an arrow")
        + at
        + 1;
    let names = tokens[at + 3..body]
        .windows(2)
        .filter_map(|pair| match pair {
            [Token::Mark('$'), Token::Word(name)] => Some(name.clone()),
            _ => None,
        })
        .collect();
    (name.clone(), (names, tokens[body + 1..after_closing(tokens, body) - 1].to_vec()), end)
}

fn statements_of(source: &str, shown: &str) -> Vec<Statement> {
    let tokens = tokens(source);
    let mut macros = Macros::new();
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at] == Token::Word("macro_rules".into()) {
            let (name, rule, end) = read_macro(&tokens, at);
            macros.insert(name, rule);
            at = end;
        } else if tokens[at] == Token::Word("format".into()) && tokens.get(at + 1) == Some(&Token::Mark('!'))
        {
            // Put together at run time, with parts that only the questions of tests supply.
            at = after_closing(&tokens, at + 2);
        } else if let Some((text, line, end)) = text_at(&tokens, at, &macros) {
            let begins = |word: &&str| text.starts_with(*word);
            if ["select ", "insert into ", "update ", "delete from ", "with "].iter().any(begins) {
                found.push(Statement { at: format!("{shown}:{line}"), text });
            }
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            out.push(path);
        }
    }
}

/// Every statement in the files that may hold any.
fn statements() -> Vec<Statement> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for entry in fs::read_dir(crates).unwrap() {
        let source = entry.unwrap().path().join("src");
        if source.is_dir() {
            rust_files(&source, &mut files);
        }
    }
    files.sort();
    let mut found = Vec::new();
    for path in files {
        let shown = path.strip_prefix(crates).unwrap().to_string_lossy().into_owned();
        let holds = shown.ends_with("/store.rs")
            || shown.contains("/store/")
            || shown.ends_with("/verify.rs")
            || shown.starts_with("runtime/src/");
        if holds {
            found.extend(statements_of(&fs::read_to_string(&path).unwrap(), &shown));
        }
    }
    found
}

/// The highest number in `$1`, `$2`, …: as many single arguments there are; the columns of a set come after.
fn arguments(text: &str) -> usize {
    text.split('$')
        .skip(1)
        .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>())
        .filter_map(|digits| digits.parse().ok())
        .max()
        .unwrap_or(0)
}

#[test]
fn a_statement_is_read_as_the_compiler_reads_it() {
    let source = r#"
        macro_rules! pick { ($rest:literal) => { concat!("select a from t ", $rest) }; }
        const QUOTE: char = '"'; // "select not this"
        fn f() {
            g("select \"a\" \
               from t where b = $2");
            g(pick!("where c = $1"));
            g("is no statement");
            g(format!("select {column} from t"));
        }
        #[cfg(test)]
        mod tests { const NOT: &str = "select this"; }
    "#;
    let found = statements_of(source, "f.rs");
    let found: Vec<(&str, &str)> =
        found.iter().map(|found| (found.at.as_str(), found.text.as_str())).collect();
    assert_eq!(
        found,
        [("f.rs:5", "select \"a\" from t where b = $2"), ("f.rs:7", "select a from t where c = $1"),]
    );
    assert_eq!(arguments("a = $2 and b = $10"), 10);
}

testkit::both_engines! {
    async fn both_engines_accept_every_statement(db: TestDb) {
        let statements = statements();
        assert!(statements.len() > 150, "only {} statements were found: is the scan blind?", statements.len());
        for home in ["catalogue", "inventory", "orders", "people", "runtime", "shipping", "sourcing", "tracking", "warehouse"] {
            assert!(statements.iter().any(|statement| statement.at.starts_with(home)), "none of {home}");
        }
        let mut refused = Vec::new();
        for statement in statements {
            let statement = Arc::new(statement);
            let asked = statement.clone();
            // Each in a transaction of its own: on PostgreSQL a refused one spoils the rest.
            let answer = db
                .read(move |tx| Box::pin(async move { tx.prepare(&asked.text, arguments(&asked.text)).await }))
                .await;
            if let Err(fault) = answer {
                let mut why = fault.to_string();
                let mut cause = std::error::Error::source(&fault);
                while let Some(error) = cause {
                    why.push_str(&format!(": {error}"));
                    cause = error.source();
                }
                refused.push(format!("{}: {why}", statement.at));
            }
        }
        assert!(refused.is_empty(), "{} does not accept\n{}", db.engine().name(), refused.join("\n"));
    }
}
