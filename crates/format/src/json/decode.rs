//! From JSON values to fields, by the rules of Go's `encoding/json`.
//!
//! Everything is decoded *into* what is there already, because that is how Go merges a key that stands twice:
//! fields and array elements that the second value leaves out keep what the first one gave them.
//!
//! One thing is not followed: when an array stands three times in an object and the second is shorter than the
//! others, Go finds leftovers of the first in memory that the third grows into (golang/go#21092).

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    AnomalyKind, DigestError,
    excerpt::excerpt,
    json::{Context, Json, JsonAnomaly, Value, context::Step},
};

/// Something that a JSON value can be stored into.
pub(crate) trait Decode {
    /// Stores `json` as Go would; what does not fit is noted and left out.
    fn decode(&mut self, json: &Json<'_>, cx: &mut Context<'_>);
}

impl<T: Decode + Default> Decode for Vec<T> {
    fn decode(&mut self, json: &Json<'_>, cx: &mut Context<'_>) {
        let elements = match &json.value {
            Value::Array(elements) => elements,
            Value::Null => return self.clear(),
            _ => return cx.wrong_type(json, "an array"),
        };
        self.resize_with(elements.len(), T::default);
        for (index, (slot, element)) in self.iter_mut().zip(elements).enumerate() {
            cx.within(Step::Index(index), |cx| slot.decode(element, cx));
        }
    }
}

impl<T: Decode + Default> Decode for BTreeMap<String, T> {
    fn decode(&mut self, json: &Json<'_>, cx: &mut Context<'_>) {
        let members = match &json.value {
            Value::Object(members) => members,
            Value::Null => return self.clear(),
            _ => return cx.wrong_type(json, "an object"),
        };
        for member in members {
            let mut value = T::default();
            let step = Step::Key(excerpt(&member.key));
            cx.within(step, |cx| value.decode(&member.value, cx));
            self.insert(member.key.to_string(), value);
        }
    }
}

/// A Go `map[string]struct{}`: only its keys matter.
impl Decode for BTreeSet<String> {
    fn decode(&mut self, json: &Json<'_>, cx: &mut Context<'_>) {
        let members = match &json.value {
            Value::Object(members) => members,
            Value::Null => return self.clear(),
            _ => return cx.wrong_type(json, "an object"),
        };
        for member in members {
            if !matches!(member.value.value, Value::Object(_) | Value::Null) {
                let step = Step::Key(excerpt(&member.key));
                cx.within(step, |cx| cx.wrong_type(&member.value, "an empty object"));
            }
            self.insert(member.key.to_string());
        }
    }
}

/// Something made from a value without parts. `null` leaves a field as it is.
pub(crate) trait Scalar: Sized {
    /// Makes one, or says why not.
    fn read(value: &Value<'_>) -> Result<Self, Refused>;
}

/// Why a value does not become a [`Scalar`].
pub(crate) enum Refused {
    /// It is of another type than this.
    Type(&'static str),
    /// It is a string, but not the digest that it should be.
    Digest(DigestError),
}

impl Refused {
    pub(crate) fn note(self, json: &Json<'_>, cx: &mut Context<'_>) {
        match self {
            Self::Type(expected) => cx.wrong_type(json, expected),
            Self::Digest(why) => {
                let path = cx.path();
                cx.note(json.offset, AnomalyKind::InvalidDigest { path, why });
            }
        }
    }
}

impl Scalar for String {
    fn read(value: &Value<'_>) -> Result<Self, Refused> {
        match value {
            Value::String(text) => Ok(text.to_string()),
            _ => Err(Refused::Type("a string")),
        }
    }
}

impl Scalar for bool {
    fn read(value: &Value<'_>) -> Result<Self, Refused> {
        match value {
            Value::Bool(truth) => Ok(*truth),
            _ => Err(Refused::Type("true or false")),
        }
    }
}

impl Scalar for i64 {
    /// Go takes digits and a minus sign: neither `1.0` nor `1e3`.
    fn read(value: &Value<'_>) -> Result<Self, Refused> {
        let number = match value {
            Value::Number(text) => text.parse().ok(),
            _ => None,
        };
        number.ok_or(Refused::Type("an integer of 64 bits"))
    }
}

macro_rules! decode_scalar {
    ($($type:ty),*) => {$(
        impl $crate::json::Decode for $type {
            fn decode(&mut self, json: &$crate::json::Json<'_>, cx: &mut $crate::json::Context<'_>) {
                if json.value == $crate::json::Value::Null {
                    return;
                }
                match <$type as $crate::json::Scalar>::read(&json.value) {
                    Ok(value) => *self = value,
                    Err(refused) => refused.note(json, cx),
                }
            }
        }
    )*};
}
pub(crate) use decode_scalar;

decode_scalar!(String, bool, i64);

/// A field that tells whether it was there. A string that is not what it should be empties it:
/// to Go it is a string like any other, so it replaces what was there before.
impl<T: Scalar> Decode for Option<T> {
    fn decode(&mut self, json: &Json<'_>, cx: &mut Context<'_>) {
        if json.value == Value::Null {
            return;
        }
        match T::read(&json.value) {
            Ok(value) => *self = Some(value),
            Err(refused) => {
                if matches!(refused, Refused::Digest(_)) {
                    *self = None;
                }
                refused.note(json, cx);
            }
        }
    }
}

/// A command given as a list, or as one string, which Docker takes as a list of one.
pub(crate) fn command(words: &mut Vec<String>, json: &Json<'_>, cx: &mut Context<'_>) {
    let Value::String(text) = &json.value else {
        return words.decode(json, cx);
    };
    *words = vec![text.to_string()];
    let path = cx.path();
    cx.note(
        json.offset,
        AnomalyKind::Json(JsonAnomaly::CommandAsString { path }),
    );
}

/// A pointer to an object: `null` takes away what was there.
pub(crate) fn pointer<T: Decode + Default>(
    slot: &mut Option<T>,
    json: &Json<'_>,
    cx: &mut Context<'_>,
) {
    match json.value {
        Value::Null => *slot = None,
        _ => slot.get_or_insert_default().decode(json, cx),
    }
}

/// Says which key of an object belongs in which field of a struct, and how when not by [`Decode`];
/// and what to look at when all fields have been stored.
macro_rules! decode_object {
    ($type:ty { $($name:literal => $field:ident $(by $how:path)?,)* } $(then $check:path)?) => {
        impl $crate::json::Decode for $type {
            fn decode(&mut self, json: &$crate::json::Json<'_>, cx: &mut $crate::json::Context<'_>) {
                cx.fields(json, &[$($name),*], |field, json, cx| match field {
                    $($name => $crate::json::decode_object!(@ $($how)?)(&mut self.$field, json, cx),)*
                    _ => {}
                });
                $($check(self, json, cx);)?
            }
        }
    };
    (@ $how:path) => { $how };
    (@) => { $crate::json::Decode::decode };
}
pub(crate) use decode_object;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::{ContainerConfig, Descriptor, DockerManifest, Limits, Manifest, Parsed};

    fn told<T>(parsed: &Parsed<T>) -> String {
        let told = parsed
            .anomalies
            .iter()
            .map(|located| format!("{}: {}", located.offset, located.kind));
        told.collect::<Vec<_>>().join("\n")
    }

    fn descriptor(text: &str) -> Parsed<Descriptor> {
        let text = format!(r#"{{"config":{text}}}"#);
        Manifest::parse(text.as_bytes(), &Limits::default())
            .unwrap()
            .map(|manifest| manifest.config.unwrap_or_default())
    }

    fn container(text: &str) -> Parsed<ContainerConfig> {
        let text = format!(r#"{{"rootfs":{{"type":"layers"}},"config":{text}}}"#);
        crate::ImageConfig::parse(text.as_bytes(), &Limits::default())
            .unwrap()
            .map(|config| config.config)
    }

    fn digests(layers: &[Descriptor]) -> Vec<String> {
        let text = |layer: &Descriptor| layer.digest.as_ref().map(ToString::to_string);
        layers
            .iter()
            .map(|layer| text(layer).unwrap_or_default())
            .collect()
    }

    // Engines were run: `{"Layers":[good],"layers":[evil]}` loads evil in docker, containerd and skopeo.
    #[test]
    fn last_spelling_of_a_key_wins() {
        for (first, second) in [
            ("layers", "LAYERS"),
            ("Layers", "layers"),
            ("layers", "layer\u{17f}"),
        ] {
            let text = format!(
                r#"{{"{first}":[{{"digest":"x:good"}}],"{second}":[{{"digest":"x:evil"}}]}}"#
            );
            let parsed = Manifest::parse(text.as_bytes(), &Limits::default()).unwrap();
            assert_eq!(digests(&parsed.value.layers), ["x:evil"], "{text}");
            assert!(
                told(&parsed).contains("is read as \"layers\" by engines"),
                "{text}"
            );
        }
    }

    #[test]
    fn variant_spellings_are_told_once_with_both_places() {
        let parsed = descriptor(r#"{"size":1,"Size":2,"SIZE":3,"UNKNOWN":1}"#);
        assert_eq!(parsed.value.size, Some(3));
        assert_eq!(
            told(&parsed),
            "20: key \"Size\" is read as \"size\" by engines and ignored by other readers; \
             another spelling stands at byte 11, the last wins"
        );
    }

    #[test]
    fn keys_of_maps_do_not_fold() {
        let parsed = container(r#"{"Labels":{"a":"1","A":"2"}}"#);
        assert_eq!(parsed.value.labels.len(), 2);
        assert_eq!(told(&parsed), "");
    }

    // Go: "maps/structs merge"; an array reuses the elements that are there.
    #[test]
    fn duplicates_merge() {
        let labels = container(r#"{"Labels":{"a":"1","b":"2"},"Labels":{"b":"3"}}"#)
            .value
            .labels;
        assert_eq!(
            labels.into_iter().collect::<Vec<_>>(),
            [("a".into(), "1".into()), ("b".into(), "3".into())]
        );

        let text = br#"{"layers":[{"digest":"x:a","size":1},{"size":2}],"layers":[{"size":3}]}"#;
        let layers = Manifest::parse(text, &Limits::default())
            .unwrap()
            .value
            .layers;
        assert_eq!(layers.len(), 1);
        assert_eq!(digests(&layers), ["x:a"]);
        assert_eq!(layers[0].size, Some(3));

        let text = br#"{"config":{"digest":"x:a"},"config":{"size":1}}"#;
        let config = Manifest::parse(text, &Limits::default())
            .unwrap()
            .value
            .config
            .unwrap();
        assert_eq!(
            (config.digest.unwrap().as_str(), config.size),
            ("x:a", Some(1))
        );
    }

    #[test]
    fn null_keeps_scalars_and_empties_the_rest() {
        let parsed =
            descriptor(r#"{"size":1,"size":null,"urls":["a"],"urls":null,"annotations":null}"#);
        assert_eq!(parsed.value.size, Some(1));
        assert!(parsed.value.urls.is_empty());
        let text = br#"{"config":{"size":1},"config":null,"layers":null}"#;
        let parsed = Manifest::parse(text, &Limits::default()).unwrap();
        assert_eq!(parsed.value.config, None);
        assert_eq!(parsed.value.layers, []);
    }

    // As Go has it: `1e3`, `1.0`, `"12"` and more than 64 bits are errors, negative numbers are not.
    #[test]
    fn integers_follow_go() {
        for (text, size) in [
            ("12", 12),
            ("-5", -5),
            ("-0", 0),
            ("9223372036854775807", i64::MAX),
        ] {
            let parsed = descriptor(&format!(r#"{{"size":{text}}}"#));
            assert_eq!(
                (parsed.value.size, told(&parsed)),
                (Some(size), String::new())
            );
        }
        for text in ["1e3", "1.0", "\"12\"", "9223372036854775808", "true", "{}"] {
            let parsed = descriptor(&format!(r#"{{"size":{text}}}"#));
            assert_eq!(parsed.value.size, None, "{text}");
            assert!(
                told(&parsed).starts_with("18: config.size should be an integer of 64 bits"),
                "{text}"
            );
            assert!(
                parsed
                    .anomalies
                    .iter()
                    .all(|located| located.kind.incomplete())
            );
        }
    }

    #[test]
    fn wrong_types_are_told_by_path_and_left_out() {
        let text = br#"{"layers":[{},{"annotations":{"k":5}}],"config":[]}"#;
        let parsed = Manifest::parse(text, &Limits::default()).unwrap();
        assert_eq!(
            told(&parsed),
            "34: layers[1].annotations[\"k\"] should be a string but is the number 5: engines refuse the document\n\
             48: config should be an object but is an array: engines refuse the document"
        );
        assert_eq!(parsed.value.layers[1].annotations["k"], "");
    }

    #[test]
    fn malformed_digest_replaces_the_one_before() {
        let parsed = descriptor(r#"{"digest":"x:a","digest":"sha256:../../x"}"#);
        assert_eq!(parsed.value.digest, None);
        assert!(told(&parsed).ends_with(
            "config.digest: digest \"sha256:../../x\" is not followed by 64 lowercase hex digits"
        ));
    }

    #[test]
    fn command_may_be_one_string() {
        let parsed = container(r#"{"Cmd":"echo hi","Entrypoint":["a"],"Env":"A=b"}"#);
        assert_eq!(parsed.value.cmd, ["echo hi"]);
        assert_eq!(parsed.value.entrypoint, ["a"]);
        assert_eq!(parsed.value.env, [""; 0]);
        let told = told(&parsed);
        assert!(
            told.starts_with("44: config.Cmd is a string, not a list: docker reads it"),
            "{told}"
        );
        assert!(
            told.contains("config.Env should be an array but is the string \"A=b\""),
            "{told}"
        );
    }

    #[test]
    fn sets_keep_their_keys() {
        let parsed =
            container(r#"{"ExposedPorts":{"80/tcp":{},"443/tcp":null,"1":2},"Volumes":null}"#);
        assert_eq!(
            parsed.value.exposed_ports.into_iter().collect::<Vec<_>>(),
            ["1", "443/tcp", "80/tcp"]
        );
        assert_eq!(parsed.anomalies.len(), 1);
    }

    proptest! {
        #[test]
        fn any_object_decodes(text in "[\\[{]?(\"(layers|Config|urls|size|platform)\":[\\[{\\]},1n\"a]{0,3}){0,4}[\\]}]{0,3}") {
            let _ = Manifest::parse(text.as_bytes(), &Limits::default());
            let _ = DockerManifest::parse(text.as_bytes(), &Limits::default());
        }
    }
}
