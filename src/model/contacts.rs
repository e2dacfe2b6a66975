//! Who filled in a sheet, whom to call about it, who looked it over and whose seal it bears, as far as
//! the sheet says.

use serde::{Deserialize, Serialize};

/// Empty where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    /// 填报人
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub filled_by: String,
    /// 电话; several are parted by 、.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// 审核人
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reviewed_by: String,
    /// What the place of the seal says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sealed_by: String,
}

impl Contacts {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes from others what is not known yet.
    pub fn fill_from(&mut self, others: &Self) {
        for (own, other) in [
            (&mut self.filled_by, &others.filled_by),
            (&mut self.phone, &others.phone),
            (&mut self.reviewed_by, &others.reviewed_by),
            (&mut self.sealed_by, &others.sealed_by),
        ] {
            if own.is_empty() {
                own.clone_from(other);
            }
        }
    }
}
