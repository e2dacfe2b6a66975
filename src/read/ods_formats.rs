//! The number formats of an ods, written as the codes that other spreadsheets use, so that one
//! reader tells what all of them show.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::rc::Rc;

use quick_xml::events::{BytesStart, Event};

use super::number_format::NumberFormat;
use super::ods_looks::attribute;

/// The data styles of a document while its styles are walked over, and which cell style has which.
#[derive(Debug, Default)]
pub struct OdsFormats {
    by_cell_style: BTreeMap<String, String>,
    data: BTreeMap<String, DataStyle>,
    open: Option<(String, DataStyle)>,
    /// The number that is being read, where texts may stand between its digits.
    number: Option<Digits>,
    in_text: Option<String>,
    /// What has been asked for, so that it is built once.
    built: BTreeMap<String, Option<Rc<NumberFormat>>>,
}

#[derive(Debug, Default)]
struct DataStyle {
    code: String,
    is_percentage: bool,
    is_text: bool,
    /// Conditions and the data styles that hold under them.
    maps: Vec<(String, String)>,
}

#[derive(Debug, Default)]
struct Digits {
    least: usize,
    places: usize,
    grouped: bool,
    thousands: usize,
    embedded: Vec<(usize, String)>,
}

impl OdsFormats {
    /// Takes all styles of a part that holds nothing else.
    pub fn take_part(&mut self, xml: &str) {
        let mut reader = quick_xml::Reader::from_str(xml);
        reader.config_mut().check_end_names = false;
        reader.config_mut().expand_empty_elements = true;
        loop {
            match reader.read_event() {
                Ok(Event::Start(e)) => self.begin(&e),
                Ok(Event::Text(text)) => self.text(&text.xml10_content()),
                Ok(Event::End(e)) => self.end(e.local_name().as_ref()),
                // Looks decide nothing that is worth losing the sheets over.
                Ok(Event::Eof) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }

    /// Takes the beginning of an element of the styles.
    pub fn begin(&mut self, element: &BytesStart<'_>) {
        let count = |name: &str| attribute(element, name).and_then(|text| text.parse().ok());
        match element.local_name().as_ref() {
            "style" => {
                let names =
                    (attribute(element, "style:name"), attribute(element, "style:data-style-name"));
                if let (Some(name), Some(data)) = names {
                    self.by_cell_style.insert(name, data);
                }
            }
            kind @ ("number-style" | "percentage-style" | "currency-style" | "text-style"
            | "date-style" | "time-style" | "boolean-style") => {
                let mut style = DataStyle {
                    is_percentage: kind == "percentage-style",
                    is_text: kind == "text-style",
                    ..DataStyle::default()
                };
                if matches!(kind, "date-style" | "time-style" | "boolean-style") {
                    style.code.push_str("yyyy");
                }
                self.open = attribute(element, "style:name").map(|name| (name, style));
            }
            "number" => {
                let factor: Option<f64> = count_f64(attribute(element, "number:display-factor"));
                self.number = Some(Digits {
                    least: count("number:min-integer-digits").unwrap_or(0),
                    places: count("number:decimal-places").unwrap_or(0),
                    grouped: attribute(element, "number:grouping").as_deref() == Some("true"),
                    thousands: factor.map_or(0, thousands),
                    embedded: Vec::new(),
                });
            }
            "embedded-text" => {
                if let Some(number) = &mut self.number {
                    number.embedded.push((count("number:position").unwrap_or(0), String::new()));
                }
                self.in_text = Some(String::new());
            }
            "scientific-number" | "fraction" => self.push("E+0"),
            "text-content" => self.push("@"),
            "text" | "currency-symbol" if self.open.is_some() => self.in_text = Some(String::new()),
            "text-properties"
                if self.open.is_some() && attribute(element, "fo:color").is_some() =>
            {
                self.push("[Red]");
            }
            "map" => {
                let map = (
                    attribute(element, "style:condition"),
                    attribute(element, "style:apply-style-name"),
                );
                if let ((Some(condition), Some(name)), Some((_, style))) = (map, &mut self.open) {
                    let condition = condition.replace("&gt;", ">").replace("&lt;", "<");
                    style.maps.push((condition, name));
                }
            }
            _ => {}
        }
    }

    pub fn text(&mut self, text: &str) {
        if let Some(open) = &mut self.in_text {
            open.push_str(text);
        }
    }

    pub fn end(&mut self, name: &str) {
        match name {
            "number-style" | "percentage-style" | "currency-style" | "text-style"
            | "date-style" | "time-style" | "boolean-style" => self.data.extend(self.open.take()),
            "number" => {
                if let Some(number) = self.number.take() {
                    self.push(&number.code());
                }
            }
            "embedded-text" => {
                let text = self.in_text.take().unwrap_or_default();
                if let Some((_, embedded)) =
                    self.number.as_mut().and_then(|number| number.embedded.last_mut())
                {
                    *embedded = text;
                }
            }
            "text" | "currency-symbol" => {
                let Some(text) = self.in_text.take() else { return };
                let is_percentage =
                    self.open.as_ref().is_some_and(|(_, style)| style.is_percentage);
                let code = match text.split_once('%').filter(|_| is_percentage) {
                    Some((before, after)) => format!("{}%{}", quoted(before), quoted(after)),
                    None => quoted(&text),
                };
                self.push(&code);
            }
            _ => {}
        }
    }

    fn push(&mut self, code: &str) {
        if let Some((_, style)) = &mut self.open {
            style.code.push_str(code);
        }
    }

    /// Returns the number format of a cell style, where it says more than the number.
    pub fn of(&mut self, cell_style: Option<&str>) -> Option<Rc<NumberFormat>> {
        let name = self.by_cell_style.get(cell_style?)?;
        if let Some(built) = self.built.get(name) {
            return built.clone();
        }
        let format = self.code(name).and_then(|code| NumberFormat::parse(&code)).map(Rc::new);
        self.built.insert(name.clone(), format.clone());
        format
    }

    fn code(&self, name: &str) -> Option<String> {
        let style = self.data.get(name)?;
        if style.is_text {
            // Shown as it is, or not at all.
            let code = if style.code.is_empty() { ";;;" } else { "@" };
            return Some(code.to_owned());
        }
        let part =
            |name: &str| self.data.get(name).map_or(String::new(), |style| style.code.clone());
        let conditions: Vec<&str> =
            style.maps.iter().map(|(condition, _)| condition.as_str()).collect();
        let parts: Vec<String> = style.maps.iter().map(|(_, name)| part(name)).collect();
        Some(match (conditions.as_slice(), parts.as_slice()) {
            ([], _) => style.code.clone(),
            (["value()>=0"], [positive]) => format!("{positive};{}", style.code),
            (["value()>0", "value()<0"], [positive, negative]) => {
                format!("{positive};{negative};{}", style.code)
            }
            _ => {
                let mut code = String::new();
                for (condition, part) in conditions.iter().zip(&parts) {
                    let bound = condition.trim_start_matches("value()").replace("!=", "<>");
                    // A String takes whatever is written to it.
                    let _ = write!(code, "[{bound}]{part};");
                }
                code + &style.code
            }
        })
    }
}

fn count_f64(text: Option<String>) -> Option<f64> {
    text.and_then(|text| text.parse().ok())
}

/// Returns how many times a number is divided by a thousand to be shown.
fn thousands(factor: f64) -> usize {
    [1e3, 1e6, 1e9].iter().filter(|bound| factor >= **bound).count()
}

fn quoted(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("\"{}\"", text.replace('"', "")) }
}

impl Digits {
    fn code(&self) -> String {
        let positions = self.embedded.iter().map(|(position, _)| position + 1).max().unwrap_or(0);
        let least = self.least.max(positions).min(40);
        let mut code = String::new();
        if self.grouped {
            code.push_str("#,");
        }
        if least == 0 {
            code.push('#');
        }
        for place in (0..least).rev() {
            code.push(if place < self.least { '0' } else { '#' });
            for (position, text) in &self.embedded {
                if *position == place && place > 0 {
                    code.push_str(&quoted(text));
                }
            }
        }
        for (position, text) in &self.embedded {
            if *position == 0 {
                code.push_str(&quoted(text));
            }
        }
        if self.places > 0 {
            code.push('.');
            code.push_str(&"0".repeat(self.places.min(40)));
        }
        code.push_str(&",".repeat(self.thousands));
        code
    }
}
