//! SPDX licence expressions: `MIT OR (Apache-2.0 WITH LLVM-exception AND BSD-3-Clause)`.

/// Whether the terms can be met with licences that `accepts` says yes to, or `None` if the expression does not
/// parse. `A/B`, which old crates write, means a choice.
pub fn is_satisfiable(expression: &str, accepts: impl Fn(&str) -> bool) -> Option<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser { words: &words, accepts: &accepts };
    let answer = parser.choice()?;
    parser.words.is_empty().then_some(answer)
}

struct Parser<'a, F> {
    words: &'a [&'a str],
    accepts: &'a F,
}

impl<'a, F: Fn(&str) -> bool> Parser<'a, F> {
    fn takes(&mut self, word: &str) -> bool {
        let is_next = self.words.first().is_some_and(|next| next.eq_ignore_ascii_case(word));
        if is_next {
            self.words = &self.words[1..];
        }
        is_next
    }

    fn choice(&mut self) -> Option<bool> {
        let mut answer = self.both()?;
        while self.takes("OR") {
            answer |= self.both()?;
        }
        Some(answer)
    }

    fn both(&mut self) -> Option<bool> {
        let mut answer = self.one()?;
        while self.takes("AND") {
            answer &= self.one()?;
        }
        Some(answer)
    }

    fn one(&mut self) -> Option<bool> {
        if self.takes("(") {
            let answer = self.choice()?;
            return self.takes(")").then_some(answer);
        }
        let licence = self.name()?;
        if self.takes("WITH") {
            let exception = self.name()?;
            // An exception only ever adds permission.
            return Some((self.accepts)(&format!("{licence} WITH {exception}")) || (self.accepts)(licence));
        }
        Some((self.accepts)(licence))
    }

    fn name(&mut self) -> Option<&'a str> {
        let (first, rest) = self.words.split_first()?;
        let is_name = !["(", ")", "OR", "AND", "WITH"].iter().any(|word| word.eq_ignore_ascii_case(first));
        self.words = rest;
        is_name.then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expression: &str, expected: Option<bool>) {
        let accepts = |licence: &str| ["MIT", "Apache-2.0", "Zlib"].contains(&licence);
        assert_eq!(is_satisfiable(expression, accepts), expected, "{expression}");
    }

    #[test]
    fn a_choice_needs_one_and_a_sum_needs_all() {
        check("MIT", Some(true));
        check("GPL-3.0-only", Some(false));
        check("MIT OR GPL-3.0-only", Some(true));
        check("MIT AND GPL-3.0-only", Some(false));
        check("GPL-3.0-only OR MIT AND Zlib", Some(true));
        check("(GPL-3.0-only OR MIT) AND LGPL-2.1-or-later", Some(false));
        check("MIT/Apache-2.0", Some(true));
        check("Apache-2.0 WITH LLVM-exception OR GPL-2.0-only", Some(true));
        check("GPL-2.0-only WITH Classpath-exception-2.0", Some(false));
    }

    #[test]
    fn what_does_not_parse_is_no_licence() {
        check("", None);
        check("(MIT", None);
        check("MIT Zlib", None);
        check("MIT OR", None);
        check("none given", None);
        check("SEE LICENSE IN LICENSE.md", None);
    }
}
