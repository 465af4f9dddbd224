//! Finding the field that a key means, and telling where something odd stands.

use crate::{
    AnomalyKind,
    document::Anomalies,
    excerpt::excerpt,
    json::{Json, JsonAnomaly, Member, Value},
};

/// Where decoding stands, and what was odd on the way.
pub(crate) struct Context<'a> {
    anomalies: &'a mut Anomalies,
    path: Vec<Step>,
}

/// From a value to one within it.
pub(super) enum Step {
    Field(&'static str),
    Key(String),
    Index(usize),
}

impl<'a> Context<'a> {
    pub(crate) fn new(anomalies: &'a mut Anomalies) -> Self {
        Self {
            anomalies,
            path: Vec::new(),
        }
    }

    pub(crate) fn note(&mut self, offset: u64, kind: AnomalyKind) {
        self.anomalies.note(offset, kind);
    }

    /// Notes that `json` is not of the type that stands here.
    pub(crate) fn wrong_type(&mut self, json: &Json<'_>, expected: &'static str) {
        let found = match &json.value {
            Value::Number(text) => format!("the number {}", excerpt(text)),
            Value::String(text) => format!("the string {:?}", excerpt(text)),
            other => other.kind().to_owned(),
        };
        let path = self.path();
        let anomaly = JsonAnomaly::WrongType {
            path,
            expected,
            found,
        };
        self.note(json.offset, AnomalyKind::Json(anomaly));
    }

    /// Gives each member that Go would store to the field it names; an object that is `null` has none.
    pub(crate) fn fields(
        &mut self,
        json: &Json<'_>,
        fields: &[&'static str],
        mut store: impl FnMut(&'static str, &Json<'_>, &mut Self),
    ) {
        let members = match &json.value {
            Value::Object(members) => members,
            Value::Null => return,
            _ => return self.wrong_type(json, "an object"),
        };
        let mut told: Vec<&str> = Vec::new();
        for member in members {
            let Some(&field) = fields.iter().find(|field| same_folded(field, &member.key)) else {
                continue;
            };
            if member.key != field && !told.contains(&field) {
                told.push(field);
                self.case_variant(member, field, members);
            }
            self.within(Step::Field(field), |cx| store(field, &member.value, cx));
        }
    }

    fn case_variant(&mut self, member: &Member<'_>, field: &'static str, members: &[Member<'_>]) {
        let other = |other: &&Member<'_>| other.key != member.key && same_folded(field, &other.key);
        let anomaly = JsonAnomaly::CaseVariant {
            key: member.key.to_string(),
            field,
            other: members.iter().find(other).map(|other| other.offset),
        };
        self.note(member.offset, AnomalyKind::Json(anomaly));
    }

    pub(super) fn within(&mut self, step: Step, decode: impl FnOnce(&mut Self)) {
        self.path.push(step);
        decode(self);
        self.path.pop();
    }

    /// Where decoding stands, such as `layers[2].size`.
    pub(crate) fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Field(name) if path.is_empty() => path.push_str(name),
                Step::Field(name) => path.extend([".", name]),
                Step::Key(key) => path.extend(["[", &format!("{key:?}"), "]"]),
                Step::Index(index) => path.extend(["[", &index.to_string(), "]"]),
            }
        }
        path
    }
}

impl<'a> Json<'a> {
    /// The last member of an object that Go would store to `field`.
    pub(crate) fn member(&self, field: &str) -> Option<&Member<'a>> {
        let Value::Object(members) = &self.value else {
            return None;
        };
        members
            .iter()
            .rev()
            .find(|member| same_folded(field, &member.key))
    }
}

/// Whether Go takes `key` for `field`: simple Unicode case folding, in which an ASCII letter has at most
/// one partner outside ASCII.
fn same_folded(field: &str, key: &str) -> bool {
    let fold = |c: char| match c {
        '\u{212a}' => 'k',
        '\u{17f}' => 's',
        c => c.to_ascii_lowercase(),
    };
    field.chars().map(fold).eq(key.chars().map(fold))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn kelvin_sign_and_long_s_fold_and_nothing_else_does() {
        assert!(same_folded("stack", "\u{17f}tac\u{212a}"));
        assert!(same_folded("os.version", "OS.Version"));
        for other in [
            "size ",
            "siz",
            "\u{455}ize",
            "size\u{301}",
            "SI\u{130}E",
            "\u{df}ize",
        ] {
            assert!(!same_folded("size", other), "{other}");
        }
    }

    proptest! {
        #[test]
        fn folding_is_by_ascii_case_but_for_two_letters(field in "[a-zA-Z._]{0,6}", key in "[a-zA-Z._\u{212a}\u{17f}]{0,6}") {
            let plain = key.replace('\u{212a}', "k").replace('\u{17f}', "s");
            prop_assert_eq!(same_folded(&field, &key), field.eq_ignore_ascii_case(&plain));
        }
    }
}
