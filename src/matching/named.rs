//! Rows and tasks by what is shown of them, as a person who decides about them names them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::{UnitId, fold, personal};
use crate::normalise::frame::{Item, shown_task};
use crate::pipeline::Pipeline;

/// Rows or tasks of each unit by the key of what is shown of them.
pub(super) struct Named<T> {
    exact: BTreeMap<(UnitId, String), Vec<T>>,
    /// Those whose text is shown with personal numbers masked, by the key of what is shown: a person who
    /// decides in a workbook sees nothing else.
    masked: BTreeMap<(UnitId, String), Vec<T>>,
}

impl<T: Copy> Named<T> {
    pub(super) fn of<'a>(
        items: impl Iterator<Item = (T, &'a Item<'a>)>,
        pipeline: &Pipeline,
    ) -> Self {
        let mut named = Self { exact: BTreeMap::new(), masked: BTreeMap::new() };
        for (own, item) in items {
            let text = shown_task(item.row, pipeline);
            if let Cow::Owned(masked) = personal::masked(&text) {
                named.masked.entry((item.unit, fold::key(&masked))).or_default().push(own);
            }
            named.exact.entry((item.unit, fold::key(&text))).or_default().push(own);
        }
        named
    }

    /// Those that are called so; of those that are only shown so, none where they are several.
    pub(super) fn called(&self, unit: UnitId, key: &str) -> &[T] {
        let key = (unit, key.to_owned());
        match (self.exact.get(&key), self.masked.get(&key)) {
            (Some(exact), _) => exact,
            (None, Some(masked)) if masked.len() == 1 => masked,
            _ => &[],
        }
    }
}
