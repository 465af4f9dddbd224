//! Providers of language models and machine learning.

use super::plausible::{random, random_word};
use crate::detector::Detector;

pub(super) static ROWS: &[Detector] = &[
    // The middle of every key is base64 of "OpenAI".
    Detector::token(
        "openai-key",
        "OpenAI key",
        &["T3BlbkFJ"],
        "sk-(?:[A-Za-z]{4,10}-)?[0-9A-Za-z_-]{20,100}T3BlbkFJ[0-9A-Za-z_-]{20,100}",
    )
    .checked(random)
    .reach(140, 160),
    Detector::token(
        "anthropic-key",
        "Anthropic key",
        &["sk-ant-"],
        "sk-ant-(?:api03|admin01|oat01|ort01)-[0-9A-Za-z_-]{80,120}",
    )
    .checked(random),
    Detector::token(
        "openrouter-key",
        "OpenRouter key",
        &["sk-or-v1-"],
        "sk-or-v1-[0-9a-f]{64}",
    )
    .checked(random),
    Detector::token(
        "huggingface-token",
        "Hugging Face token",
        &["hf_"],
        "hf_[A-Za-z]{34}",
    )
    .checked(random_word),
    Detector::token(
        "huggingface-organisation-token",
        "Hugging Face organisation token",
        &["api_org_"],
        "api_org_[A-Za-z]{34}",
    )
    .checked(random),
    Detector::token("groq-key", "Groq key", &["gsk_"], "gsk_[0-9A-Za-z]{52}").checked(random_word),
    Detector::token("xai-key", "xAI key", &["xai-"], "xai-[0-9A-Za-z]{80,84}").checked(random_word),
    Detector::token(
        "perplexity-key",
        "Perplexity key",
        &["pplx-"],
        "pplx-[0-9A-Za-z]{48}",
    )
    .checked(random),
    Detector::token(
        "replicate-token",
        "Replicate token",
        &["r8_"],
        "r8_[0-9A-Za-z]{37}",
    )
    .checked(random_word),
    Detector::token(
        "together-key",
        "Together key",
        &["tgp_v1_"],
        "tgp_v1_[0-9A-Za-z_-]{43}",
    )
    .checked(random),
    Detector::token(
        "fireworks-key",
        "Fireworks key",
        &["ireworks", "IREWORKS"],
        "(?i:fireworks)[^\\n]{0,60}?[^0-9A-Za-z](fw_[0-9A-Za-z]{22,24})",
    )
    .checked(random)
    .in_text(),
    Detector::token(
        "cerebras-key",
        "Cerebras key",
        &["csk-"],
        "csk-[0-9a-z]{48}",
    )
    .checked(random_word),
    Detector::token(
        "deepseek-key",
        "DeepSeek key",
        &["eepseek", "eepSeek", "EEPSEEK"],
        "(?i:deepseek)[^\\n]{0,60}?[^0-9A-Za-z](sk-[0-9a-f]{32})",
    )
    .checked(random)
    .in_text(),
    Detector::token(
        "moonshot-key",
        "Moonshot key",
        &["oonshot", "OONSHOT", "kimi", "KIMI"],
        "(?i:moonshot|kimi)[^\\n]{0,60}?[^0-9A-Za-z](sk-[0-9A-Za-z]{48})",
    )
    .checked(random)
    .in_text(),
    Detector::token(
        "nvidia-key",
        "NVIDIA key",
        &["nvapi-"],
        "nvapi-[0-9A-Za-z_-]{60,70}",
    )
    .checked(random),
    Detector::token(
        "elevenlabs-key",
        "ElevenLabs key",
        &[
            "levenlabs",
            "levenLabs",
            "LEVENLABS",
            "LEVEN_LABS",
            "leven_labs",
        ],
        "(?i:eleven_?labs)[^\\n]{0,60}?[^0-9A-Za-z](sk_[0-9a-f]{48})",
    )
    .checked(random),
    Detector::token(
        "pinecone-key",
        "Pinecone key",
        &["pcsk_"],
        "pcsk_[0-9A-Za-z]{5,6}_[0-9A-Za-z]{63}",
    )
    .checked(random),
    Detector::token(
        "langsmith-key",
        "LangSmith key",
        &["lsv2_pt_", "lsv2_sk_"],
        "lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}",
    )
    .checked(random),
    Detector::token(
        "langfuse-key",
        "Langfuse secret key",
        &["sk-lf-"],
        "sk-lf-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
    )
    .checked(random),
    Detector::token(
        "wandb-key",
        "Weights & Biases key",
        &["wandb_v1_"],
        "wandb_v1_[0-9A-Za-z_]{77}",
    )
    .checked(random),
    Detector::token("jina-key", "Jina key", &["jina_"], "jina_[0-9A-Za-z_-]{60}").checked(random),
    Detector::token(
        "tavily-key",
        "Tavily key",
        &["tvly-"],
        "tvly-(?:dev-|prod-)?[0-9A-Za-z]{32}",
    )
    .checked(random),
    Detector::token(
        "firecrawl-key",
        "Firecrawl key",
        &["irecrawl", "IRECRAWL"],
        "(?i:firecrawl)[^\\n]{0,60}?[^0-9A-Za-z](fc-[0-9a-f]{32})",
    )
    .checked(random),
    Detector::token(
        "cursor-key",
        "Cursor key",
        &[
            "CURSOR_API",
            "CURSOR_KEY",
            "CURSOR_TOKEN",
            "cursor_api",
            "cursor_key",
            "cursor_token",
            "cursor-api",
            "cursorApi",
            "cursorKey",
            "cursorToken",
            "CursorApi",
        ],
        "(?i:cursor)[^\\n]{0,40}?[^0-9A-Za-z](key_[0-9a-f]{64})",
    )
    .checked(random)
    .in_text(),
    Detector::token(
        "devin-key",
        "Devin key",
        &["apk_user_"],
        "apk_user_[0-9A-Za-z=]{40,200}",
    )
    .checked(random),
    Detector::token(
        "runpod-key",
        "RunPod key",
        &["rpa_"],
        "rpa_[0-9A-Z]{40}[0-9a-z]{6}|rpa_[0-9A-Za-z]{46}",
    )
    .checked(random_word),
];

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{ALNUM, BASE64URL, Example, HEX, LOWER, chars, uuid};
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let openai = |kind: &str, half: usize| {
        let middle = ["T3Bl", "bkFJ"].concat();
        format!(
            "sk-{kind}{}{middle}{}",
            chars(ALNUM, half),
            chars(BASE64URL, half)
        )
    };
    let anthropic = |kind: &str| format!("sk-{}-{kind}-{}AA", "ant", chars(BASE64URL, 93));
    // A row whose body of fixed length follows a prefix.
    let plain = |id, prefix: &str, alphabet: &str, count: usize| {
        let token = |count| format!("{prefix}{}", chars(alphabet, count));
        Example::of(id)
            .found([token(count)])
            .silent([token(count / 2), format!("{prefix}{}", "a".repeat(count))])
    };
    // A row that needs its issuer's name.
    let named = |id, name: &str, prefix: &str, alphabet: &str, count: usize| {
        let token = |count| format!("{prefix}{}", chars(alphabet, count));
        Example::of(id)
            .found([format!("{name}_API_KEY={}", token(count))])
            .silent([
                format!("API_KEY={}", token(count)),
                format!("{name}_API_KEY={}", token(count / 2)),
            ])
    };
    vec![
        Example::of("openai-key")
            .found([
                openai("", 20),
                openai("proj-", 74),
                openai("svcacct-", 58),
                openai("admin-", 58),
            ])
            .silent([
                openai("", 10),
                openai("proj-", 74).replacen("sk-", "pk-", 1),
            ]),
        Example::of("anthropic-key")
            .found(["api03", "admin01", "oat01"].map(anthropic))
            .silent([
                anthropic("api99"),
                format!("sk-{}-api03-{}", "ant", "x".repeat(95)),
                format!("sk-{}-api03-{}", "ant", chars(BASE64URL, 40)),
            ]),
        plain("openrouter-key", "sk-or-v1-", HEX, 64),
        plain("huggingface-token", "hf_", LETTERS, 34),
        plain("huggingface-organisation-token", "api_org_", LETTERS, 34),
        plain("groq-key", "gsk_", ALNUM, 52),
        plain("xai-key", "xai-", ALNUM, 80),
        plain("perplexity-key", "pplx-", ALNUM, 48),
        plain("replicate-token", "r8_", ALNUM, 37),
        plain("together-key", "tgp_v1_", BASE64URL, 43),
        named("fireworks-key", "FIREWORKS", "fw_", ALNUM, 24),
        plain("cerebras-key", "csk-", LOWER, 48),
        named("deepseek-key", "DEEPSEEK", "sk-", HEX, 32),
        named("moonshot-key", "MOONSHOT", "sk-", ALNUM, 48),
        plain("nvidia-key", "nvapi-", BASE64URL, 64),
        named("elevenlabs-key", "ELEVENLABS", "sk_", HEX, 48),
        Example::of("pinecone-key")
            .found([format!("pcsk_{}_{}", chars(ALNUM, 5), chars(ALNUM, 63))])
            .silent([
                format!("pcsk_{}_{}", chars(ALNUM, 5), chars(ALNUM, 62)),
                format!("pcsk_{}", chars(ALNUM, 63)),
            ]),
        Example::of("langsmith-key")
            .found(
                ["pt", "sk"]
                    .map(|kind| format!("lsv2_{kind}_{}_{}", chars(HEX, 32), chars(HEX, 10))),
            )
            .silent([
                format!("lsv2_pt_{}", chars(HEX, 32)),
                format!("lsv2_xx_{}_{}", chars(HEX, 32), chars(HEX, 10)),
            ]),
        Example::of("langfuse-key")
            .found([format!("sk-lf-{}", uuid(1))])
            .silent([
                format!("pk-lf-{}", uuid(1)),
                format!("sk-lf-{}", &uuid(1)[..30]),
            ]),
        plain("wandb-key", "wandb_v1_", ALNUM, 77),
        plain("jina-key", "jina_", BASE64URL, 60),
        Example::of("tavily-key")
            .found(["", "dev-", "prod-"].map(|kind| format!("tvly-{kind}{}", chars(ALNUM, 32))))
            .silent([
                format!("tvly-{}", chars(ALNUM, 20)),
                format!("tvly-{}", "a".repeat(32)),
            ]),
        named("firecrawl-key", "FIRECRAWL", "fc-", HEX, 32),
        named("cursor-key", "CURSOR", "key_", HEX, 64),
        plain("devin-key", "apk_user_", ALNUM, 64),
        plain("runpod-key", "rpa_", ALNUM, 46),
    ]
}
