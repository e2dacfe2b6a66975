//! Names of files as the pipeline file writes them: `*` stands for anything, `?` for one character,
//! capitals for small letters.

use regex::Regex;

/// A name, or many that begin or end alike.
#[derive(Clone, Debug)]
pub struct NamePattern(Regex);

impl NamePattern {
    /// Reads a pattern; none where nothing is written.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let pattern: String = text
            .chars()
            .map(|c| match c {
                '*' => ".*".to_owned(),
                '?' => ".".to_owned(),
                c => regex::escape(c.encode_utf8(&mut [0; 4])),
            })
            .collect();
        let pattern = format!("(?s)^{pattern}$");
        Regex::new(&pattern).ok().filter(|_| !text.is_empty()).map(Self)
    }

    /// Whether a name is meant by any of several patterns.
    pub fn any_fits(patterns: &[Self], name: &str) -> bool {
        let name = name.to_lowercase();
        patterns.iter().any(|pattern| pattern.0.is_match(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::NamePattern;

    #[test]
    fn names_fit_as_people_write_them() {
        for (pattern, name, fits) in [
            ("Thumbs.db", "thumbs.DB", true),
            ("Thumbs.db", "Thumbs_db", false),
            ("._*", "._海棠区.xls", true),
            ("*.tmp", "a.tmp", true),
            ("*.tmp", "a.tmp.xlsx", false),
            ("$RECYCLE.BIN", "$Recycle.Bin", true),
            ("?.log", "a.log", true),
        ] {
            let patterns = [NamePattern::of(pattern).unwrap()];
            assert_eq!(NamePattern::any_fits(&patterns, name), fits, "{pattern} {name}");
        }
        assert!(NamePattern::of(" ").is_none());
    }
}
