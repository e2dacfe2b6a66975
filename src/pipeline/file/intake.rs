//! Where files come from, and the limits for reading one: `[intake]` and `[read]`.

use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::Deserialize;

use super::strings;

use crate::model::Side;

/// Where the plan and the sheets come from. Paths are relative to the pipeline file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Intake {
    /// The folder of a period's sheets; `{period}` stands for the period, such as `2020-08`.
    pub inbox: String,
    /// The folder that keeps the runs.
    #[serde(default = "default_archive")]
    pub archive: String,
    /// The plans; the newest one in force in the period counts.
    pub plan: Vec<Plan>,
    /// How long files of the inbox must have been left alone before they are copied, such as `2m`: a run
    /// waits for those that are still changing. Without it a run only looks whether what it could not
    /// read was being written.
    #[serde(default = "default_settle")]
    pub settle: String,
    /// Endings of files that may lie beside the sheets and are none: letters, scans, pictures. In place
    /// of those that the program knows.
    #[serde(default = "default_attachments")]
    pub attachments: Vec<String>,
    /// Names of files and folders in the inbox that nobody submits and that are passed over; `*` stands
    /// for anything, `?` for one character. In place of those that the program knows.
    #[serde(default = "default_ignored")]
    pub ignore: Vec<String>,
}

fn default_attachments() -> Vec<String> {
    strings(&[
        // Letters and slides.
        "txt", "doc", "docx", "wps", "rtf", "odt", "pdf", "ofd", "ceb", "ppt", "pptx", "pps",
        "ppsx", "dps", "odp", "md", "xps", "caj", // Pictures and scans.
        "jpg", "jpeg", "jfif", "png", "bmp", "gif", "tif", "tiff", "heic", "heif", "webp", "svg",
        "psd", "dwg", "dxf", "vsd", "vsdx", // Recordings.
        "mp3", "mp4", "m4a", "amr", "wav", "wma", "mov", "avi", "wmv", "mkv",
        // Mails, pages and links.
        "eml", "msg", "htm", "html", "mht", "mhtml", "url", "lnk", "ics", "vcf",
        // Archives; one that is seen to hold sheets is none.
        "zip", "rar", "7z", "gz", "tar", // Seals and what programs leave.
        "p7s", "p7m", "sig", "asc", "cer", "log", "ini", "bak", "json", "db",
    ])
}

fn default_ignored() -> Vec<String> {
    strings(&[
        "Thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        ".DS_Store",
        "._*",
        "__MACOSX",
        ".gitkeep",
        ".gitignore",
        ".directory",
        ".Spotlight-V100",
        ".Trashes",
        ".fseventsd",
        "$RECYCLE.BIN",
        "System Volume Information",
        "@eaDir",
        "#recycle",
        "~WR*.tmp",
    ])
}

fn default_settle() -> String {
    "0s".to_owned()
}

fn default_archive() -> String {
    "../archive".to_owned()
}

/// One version of the plan.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub file: String,
    /// The first period it is in force, such as `2020-06`.
    pub from: String,
}

/// Limits for reading one file.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Read {
    /// Memory of the reading process, in MiB.
    #[schemars(range(min = 64, max = 65_536))]
    pub memory_mib: u32,
    /// Seconds until a file is given up.
    #[schemars(range(min = 1, max = 3_600))]
    pub seconds: u32,
    /// Size of a file, in MiB.
    #[schemars(range(min = 1, max = 4_096))]
    pub file_mib: u32,
    /// Size of a file's parts once unpacked, in MiB.
    #[schemars(range(min = 1, max = 65_536))]
    pub unpacked_mib: u32,
    /// Cells with content in one file.
    #[schemars(range(min = 1_000, max = 100_000_000))]
    pub cells: u32,
    /// Rows with content in one file.
    #[schemars(range(min = 100, max = 10_000_000))]
    pub rows: u32,
}

impl Read {
    /// Returns the limits that hold for one file: a large one may take longer and more memory than a small
    /// one, and the plan, which is the office's own and lists what all units together send, ten times as
    /// much as a submission.
    #[must_use]
    pub fn of_file(&self, side: Side, bytes: u64) -> Self {
        /// So many MiB of a file are worth the limit once more.
        const MORE_TIME: u32 = 10;
        const MORE_MEMORY: u32 = 16;
        /// How many times as large as a submission a plan may be.
        const PLAN: u32 = 10;
        let times = match side {
            Side::Submission => 1,
            Side::Plan => PLAN,
        };
        let mib = u32::try_from(bytes / 1024 / 1024).unwrap_or(u32::MAX).min(self.file_mib);
        let grown = |limit: u32, step: u32| {
            let more = u64::from(limit) * u64::from(mib) / u64::from(step);
            let grown = u64::from(limit).saturating_add(more).saturating_mul(times.into());
            u32::try_from(grown).unwrap_or(u32::MAX)
        };
        Self {
            memory_mib: grown(self.memory_mib, MORE_MEMORY),
            seconds: grown(self.seconds, MORE_TIME),
            file_mib: self.file_mib.saturating_mul(times),
            unpacked_mib: self.unpacked_mib.saturating_mul(times),
            cells: grown(self.cells, MORE_MEMORY),
            rows: self.rows.saturating_mul(times),
        }
    }

    /// How long what was read of one file may be, in bytes, as it travels from the reading process:
    /// what is far larger than the file is kept out of the process that holds them all.
    pub fn extract_bytes(&self) -> u64 {
        u64::from(self.memory_mib) * 1024 * 1024 / 4
    }

    /// Returns each limit by its key, with the least and the most that it may be: beyond, it is none,
    /// or nothing can be read.
    pub fn ranges(&self) -> [(&'static str, u32, RangeInclusive<u32>); 6] {
        [
            ("memory_mib", self.memory_mib, 64..=65_536),
            ("seconds", self.seconds, 1..=3_600),
            ("file_mib", self.file_mib, 1..=4_096),
            ("unpacked_mib", self.unpacked_mib, 1..=65_536),
            ("cells", self.cells, 1_000..=100_000_000),
            ("rows", self.rows, 100..=10_000_000),
        ]
    }
}

impl Default for Read {
    fn default() -> Self {
        Self {
            memory_mib: 960,
            seconds: 10,
            file_mib: 64,
            unpacked_mib: 512,
            cells: 5_000_000,
            rows: 1_000_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    #[test]
    fn a_large_file_may_take_longer_and_more_memory_than_a_small_one() {
        let limits = Read::default();
        let small = limits.of_file(Side::Submission, 0);
        assert_eq!(small, limits);
        assert_eq!(limits.of_file(Side::Submission, MIB - 1), limits);
        let large = limits.of_file(Side::Submission, 32 * MIB);
        assert_eq!(large.seconds, limits.seconds + limits.seconds * 32 / 10);
        assert_eq!(large.memory_mib, limits.memory_mib * 3);
        assert_eq!(large.cells, limits.cells * 3);
        // Of what a file may hold its size says nothing.
        let of_size = |limits: &Read| (limits.file_mib, limits.unpacked_mib, limits.rows);
        assert_eq!(of_size(&large), of_size(&limits));
    }

    #[test]
    fn limits_never_shrink_as_a_file_grows_and_stop_where_it_is_refused() {
        let limits = Read::default();
        for side in [Side::Submission, Side::Plan] {
            let grown = (0..200).map(|mib| limits.of_file(side, mib * MIB));
            let of = |limits: &Read| (limits.seconds, limits.memory_mib, limits.cells);
            let grown: Vec<_> = grown.map(|limits| of(&limits)).collect();
            assert!(grown.is_sorted());
            let last = of(&limits.of_file(side, u64::from(limits.file_mib) * MIB));
            assert_eq!(of(&limits.of_file(side, u64::MAX)), last);
        }
    }

    #[test]
    fn a_plan_may_be_ten_times_as_large_as_a_submission() {
        let limits = Read::default();
        for bytes in [0, 5 * MIB, 64 * MIB] {
            let (plan, sent) =
                (limits.of_file(Side::Plan, bytes), limits.of_file(Side::Submission, bytes));
            for ((name, planned, _), (_, own, _)) in plan.ranges().into_iter().zip(sent.ranges()) {
                assert_eq!(planned, own * 10, "{name}");
            }
        }
    }

    #[test]
    fn limits_that_nobody_would_set_do_not_wrap() {
        let most = Read {
            memory_mib: u32::MAX,
            seconds: u32::MAX,
            file_mib: u32::MAX,
            unpacked_mib: u32::MAX,
            cells: u32::MAX,
            rows: u32::MAX,
        };
        assert_eq!(most.of_file(Side::Plan, u64::MAX), most);
    }
}
