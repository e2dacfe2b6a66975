//! Values as the JSON that runs keep: indented, with a line break at its end, and with what a terminal would
//! obey escaped as strings of JSON write it.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter, Serializer};

use super::CannotArchive;
use crate::model::hidden;

/// Returns a value as JSON.
///
/// # Panics
/// Never: the archive's types are JSON.
pub fn json<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(value, &mut bytes).expect("the archive's types are JSON");
    bytes
}

/// Writes a file of the run that holds a value as JSON, which may be large, as it is told.
///
/// # Errors
/// Fails when the file cannot be written.
pub fn put_json<T: Serialize>(
    folder: &Path,
    name: &str,
    value: &T,
) -> Result<PathBuf, CannotArchive> {
    let path = folder.join(name);
    let unwritable = |cause| CannotArchive::Unwritable { path: path.clone(), cause };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(unwritable)?;
    }
    let mut file = BufWriter::with_capacity(1 << 16, File::create(&path).map_err(unwritable)?);
    write(value, &mut file).map_err(unwritable)?;
    file.flush().map_err(unwritable)?;
    Ok(path)
}

fn write<T: Serialize>(value: &T, to: &mut impl Write) -> io::Result<()> {
    let visible = Visible(PrettyFormatter::new());
    value.serialize(&mut Serializer::with_formatter(&mut *to, visible))?;
    to.write_all(b"\n")
}

/// Indents, and escapes in strings what is hidden; outside of them nothing can be.
struct Visible(PrettyFormatter<'static>);

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        to: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        to.write_all(hidden::escaped(fragment).as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        to: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        self.0.write_char_escape(to, escape)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_array(to)
    }

    fn end_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_array(to)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(to, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_array_value(to)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_object(to)
    }

    fn end_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_object(to)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(to, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_object_value(to)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_object_value(to)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn it_is_what_is_written_elsewhere_with_what_is_hidden_escaped() {
        let value = BTreeMap::from([
            ("一\u{202e}\"二\\", vec!["\u{1b}[31m\t\r\n", "三\u{9b}“四”", "\u{7f}", ""]),
            ("", Vec::new()),
        ]);
        let plain = serde_json::to_string_pretty(&value).unwrap();
        let told = String::from_utf8(json(&value)).unwrap();
        assert_eq!(told, format!("{}\n", hidden::escaped(&plain)));
        assert!(told.contains("\\u202e") && told.contains("\\u009b") && told.contains("“四”"));
        let read: BTreeMap<String, Vec<String>> = serde_json::from_str(&told).unwrap();
        assert_eq!(read["一\u{202e}\"二\\"][1], "三\u{9b}“四”");
        let folder = tempfile::tempdir().unwrap();
        let path = put_json(folder.path(), "a.json", &value).unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), told);
    }
}
