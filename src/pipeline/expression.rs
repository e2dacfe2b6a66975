//! Rules as they can be evaluated: every name is resolved, every number in the smallest unit of
//! what it is compared with. How they are written is `rule`'s affair, what comes of them `check`'s.

use super::file::Over;
use super::rule::{Operation, Relation, Sign};
use crate::model::{ColumnId, Kind, Month, Severity};

/// A column or a derived amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantity {
    Column(ColumnId),
    Derived(usize),
}

/// What the two sides of a comparison count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    Amount,
    Count,
    /// Quantities other than money.
    Decimal,
    Percent,
    Month,
    Date,
    Text,
}

/// What can be calculated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// In the smallest unit of its chain's dimension.
    Number(i64),
    /// What something is multiplied with or divided by.
    Factor {
        above: i64,
        below: i64,
    },
    /// What a text is compared with.
    Text {
        written: String,
        key: String,
    },
    /// The row's own value.
    Field(Quantity),
    /// What the task's unit reported in this column in the period before.
    Previous(ColumnId),
    /// A figure of the plan's paragraph.
    Captured(String),
    Sum(Quantity),
    /// The sum over all units of a figure captured once a unit.
    SumCaptured(String),
    /// How many rows meet a condition.
    Count(Vec<Chain>),
    Joined {
        operation: Operation,
        left: Box<Expression>,
        right: Box<Expression>,
    },
}

/// Expressions with a relation between each and the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// One more than there are relations.
    pub sides: Vec<Expression>,
    pub relations: Vec<Relation>,
    pub dimension: Dimension,
}

/// By how much a comparison may fail and still hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tolerance {
    /// In the smallest unit of what is compared.
    pub figure: i64,
    /// In hundredths of a per cent of the right side.
    pub share: i64,
}

#[derive(Clone, Debug)]
pub struct Rule {
    /// What other programs know it by; no two rules have the same.
    pub name: String,
    pub title: String,
    /// As written.
    pub text: String,
    /// What must hold for the rule to apply.
    pub condition: Vec<Chain>,
    pub demand: Vec<Chain>,
    pub tolerance: Tolerance,
    pub over: Over,
    pub kind: Kind,
    pub severity: Severity,
    pub trial_until: Option<Month>,
    /// The first and the last period in which it is in force.
    pub from: Option<Month>,
    pub to: Option<Month>,
}

/// Whether a rule is in force in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    InForce,
    NotInForce,
    /// That depends on the period, which is not known.
    NotKnown,
}

impl Expression {
    pub fn joined(operation: Operation, left: Expression, right: Expression) -> Self {
        Expression::Joined { operation, left: Box::new(left), right: Box::new(right) }
    }

    /// Returns what it is made of, without the operations.
    pub fn leaves(&self) -> Vec<&Expression> {
        match self {
            Expression::Joined { left, right, .. } => {
                let mut leaves = left.leaves();
                leaves.extend(right.leaves());
                leaves
            }
            leaf => vec![leaf],
        }
    }

    /// Returns what is added and taken off; products are not taken apart.
    pub fn addends(&self) -> Vec<(Sign, &Expression)> {
        match self {
            Expression::Joined { operation: Operation::Plus, left, right } => {
                let mut addends = left.addends();
                addends.extend(right.addends());
                addends
            }
            Expression::Joined { operation: Operation::Minus, left, right } => {
                let mut addends = left.addends();
                let others = right.addends().into_iter();
                addends.extend(others.map(|(sign, other)| (sign.turned(), other)));
                addends
            }
            other => vec![(Sign::Plus, other)],
        }
    }

    /// Returns whether it is the same at every place.
    pub fn is_constant(&self) -> bool {
        match self {
            Expression::Joined { left, right, .. } => left.is_constant() && right.is_constant(),
            leaf => matches!(
                leaf,
                Expression::Number(_) | Expression::Factor { .. } | Expression::Text { .. }
            ),
        }
    }

    /// Returns the name of the paragraph's figure that it is.
    pub fn captured(&self) -> Option<&str> {
        match self {
            Expression::Captured(name) | Expression::SumCaptured(name) => Some(name),
            _ => None,
        }
    }
}

impl Chain {
    /// Returns what is held against what: neighbours, or, where all sides must be equal, each of
    /// them against the first that names a figure of the paragraph.
    pub fn pairs(&self) -> Vec<(usize, Relation, usize)> {
        let all_equal = self.relations.iter().all(|relation| *relation == Relation::Equal);
        let names_figure =
            |side: &Expression| side.leaves().into_iter().any(|leaf| leaf.captured().is_some());
        let anchor = self.sides.iter().position(names_figure).filter(|_| all_equal);
        if let Some(anchor) = anchor {
            (0..self.sides.len())
                .filter(|place| *place != anchor)
                .map(|place| (anchor, Relation::Equal, place))
                .collect()
        } else {
            let relations = self.relations.iter().enumerate();
            relations.map(|(place, relation)| (place, *relation, place + 1)).collect()
        }
    }
}

impl Rule {
    /// Returns all that is compared, conditions first.
    pub fn chains(&self) -> impl Iterator<Item = &Chain> {
        self.condition.iter().chain(&self.demand)
    }

    /// Returns the names and calculated figures that it is made of.
    pub fn leaves(&self) -> impl Iterator<Item = &Expression> {
        self.chains().flat_map(|chain| &chain.sides).flat_map(Expression::leaves)
    }

    /// Returns whether it uses a figure of the plan's paragraph.
    pub fn uses_figure(&self, name: &str) -> bool {
        self.leaves().any(|leaf| leaf.captured() == Some(name))
    }

    /// Returns whether it asks what was reported in the period before.
    pub fn uses_previous(&self) -> bool {
        self.leaves().any(|leaf| matches!(leaf, Expression::Previous(_)))
    }

    /// Returns the one comparison that it consists of, where it has no more.
    pub fn only_chain(&self) -> Option<&Chain> {
        match (self.condition.as_slice(), self.demand.as_slice()) {
            ([], [only]) => Some(only),
            _ => None,
        }
    }

    /// Returns whether what is not there would break it: it demands that something be equal.
    pub fn is_equation(&self) -> bool {
        self.demand.iter().any(|chain| {
            chain
                .relations
                .iter()
                .any(|relation| matches!(relation, Relation::Equal | Relation::NotEqual))
        })
    }

    pub fn force(&self, period: Option<Month>) -> Force {
        match period {
            None if self.from.is_some() || self.to.is_some() => Force::NotKnown,
            Some(period)
                if self.from.is_some_and(|from| period < from)
                    || self.to.is_some_and(|to| period > to) =>
            {
                Force::NotInForce
            }
            _ => Force::InForce,
        }
    }

    /// Returns whether what it finds is said and does not count.
    pub fn is_on_trial(&self, period: Option<Month>) -> bool {
        match (self.trial_until, period) {
            (Some(until), Some(period)) => period <= until,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }
}
