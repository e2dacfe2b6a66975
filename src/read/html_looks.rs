//! What the styles of a web page say about its cells: struck out, not shown, white on white.

use std::collections::BTreeMap;

/// How what stands in an element looks, where the element says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own")]
pub struct Look {
    pub struck: bool,
    pub raised: bool,
    /// Not shown at all.
    pub hidden: bool,
    /// Letters in the colour of the paper.
    pub white: bool,
    /// Paper of another colour.
    pub filled: bool,
}

impl Look {
    pub fn and(self, other: Look) -> Look {
        Look {
            struck: self.struck || other.struck,
            raised: self.raised || other.raised,
            hidden: self.hidden || other.hidden,
            white: self.white || other.white,
            filled: self.filled || other.filled,
        }
    }
}

/// Looks by the name of a class.
pub type Classes = BTreeMap<String, Look>;

/// Reads declarations such as `text-decoration:line-through; color:white`.
pub fn declared(declarations: &str) -> Look {
    let mut look = Look::default();
    for declaration in declarations.split(';') {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let value = value.trim().to_ascii_lowercase();
        let is_white = || matches!(value.as_str(), "white" | "#fff" | "#ffffff");
        match name.trim().to_ascii_lowercase().as_str() {
            "text-decoration" | "text-decoration-line" => {
                look.struck |= value.contains("line-through");
            }
            "display" => look.hidden |= value.starts_with("none"),
            "visibility" => look.hidden |= value.starts_with("hidden"),
            "vertical-align" => look.raised |= value.starts_with("super"),
            "color" => look.white |= is_white(),
            "background" | "background-color" => {
                look.filled |= !is_white() && !matches!(value.as_str(), "transparent" | "none");
            }
            _ => {}
        }
    }
    look
}

/// Takes the classes of a style sheet.
pub fn take_classes(style: &str, classes: &mut Classes) {
    for rule in style.split('}') {
        let Some((selectors, declarations)) = rule.rsplit_once('{') else { continue };
        let look = declared(declarations);
        if look == Look::default() {
            continue;
        }
        for selector in selectors.split(',') {
            // Only what names one class: `.xl65`, `td.xl65`.
            let selector = selector.trim().trim_start_matches("<!--").trim();
            let Some((element, class)) = selector.rsplit_once('.') else { continue };
            let is_one = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
            if class.chars().all(is_one) && element.chars().all(char::is_alphanumeric) {
                let known = classes.entry(class.to_owned()).or_default();
                *known = known.and(look);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_that_hide_and_strike_are_known() {
        let mut classes = Classes::new();
        take_classes(
            "<!-- .xl65 {mso-number-format:\"\\@\"; text-decoration:line-through;}\n\
             td.gone, .b{ display : none } table .c{display:none} .d{color:#FFFFFF}-->",
            &mut classes,
        );
        assert!(classes["xl65"].struck);
        assert!(classes["gone"].hidden && classes["b"].hidden);
        assert!(!classes.contains_key("c"));
        assert!(classes["d"].white);
    }
}
