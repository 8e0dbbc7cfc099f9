//! Channels become known. The same code again is the same channel.

use std::collections::HashMap;

use kernel::ChannelId;
use runtime::Cx;
use serde_json::json;

use crate::{
    model::{Channel, MAX_CODE, MAX_NAME, NewChannel, TextProblem, check_text},
    store,
};

/// Why channels were not taken. None of them was.
#[derive(Debug, thiserror::Error)]
pub enum AddChannelsError {
    /// A text that is no code or name.
    #[error("channel {index}: `{field}` {problem}")]
    Text {
        /// Its place among those given, from 0.
        index: usize,
        /// Which text.
        field: &'static str,
        /// How.
        problem: TextProblem,
    },
    /// The code is another channel's.
    #[error("channel {index}: the code {code} is another channel's")]
    DuplicateCode {
        /// Its place among those given, from 0.
        index: usize,
        /// The code.
        code: String,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] db::Fault),
}
runtime::has_fault!(AddChannelsError);

/// Adds channels, all or none; gives their ids in the order given.
pub async fn add_channels(
    cx: &mut Cx<'_>,
    channels: &[NewChannel],
) -> Result<Vec<ChannelId>, AddChannelsError> {
    let codes: Vec<String> = channels.iter().map(|channel| channel.code.clone()).collect();
    let known = store::find_channels_by_code(cx.tx, &cx.organisation_id, &codes).await?;
    let fresh = decide(channels, &known)?;
    let mut ids: HashMap<&str, ChannelId> =
        known.iter().map(|(code, channel)| (code.as_str(), channel.channel_id.clone())).collect();
    let mut rows = Vec::with_capacity(fresh.len());
    for channel in fresh {
        let channel_id = ChannelId::from_body(&cx.fresh());
        let facts = json!({ "merchant_id": channel.merchant_id, "code": channel.code, "kind": channel.kind });
        cx.tell("channel.added", channel_id.as_str(), facts);
        ids.insert(&channel.code, channel_id.clone());
        rows.push((channel_id, channel));
    }
    store::insert_channels(cx.tx, &cx.organisation_id, &rows, cx.now).await?;
    Ok(channels.iter().map(|channel| ids[channel.code.as_str()].clone()).collect())
}

/// Those that are not known yet, each once.
fn decide<'a>(
    channels: &'a [NewChannel],
    known: &HashMap<String, Channel>,
) -> Result<Vec<&'a NewChannel>, AddChannelsError> {
    let mut fresh: Vec<&NewChannel> = Vec::new();
    for (index, channel) in channels.iter().enumerate() {
        let texts = [
            ("code", &channel.code, MAX_CODE),
            ("name", &channel.name, MAX_NAME),
            ("kind", &channel.kind, MAX_CODE),
        ];
        for (field, text, max) in texts {
            check_text(text, max).map_err(|problem| AddChannelsError::Text { index, field, problem })?;
        }
        let duplicate = || AddChannelsError::DuplicateCode { index, code: channel.code.clone() };
        if let Some(known) = known.get(&channel.code) {
            let is_same = known.merchant_id == channel.merchant_id
                && known.name == channel.name
                && known.kind == channel.kind;
            if !is_same {
                return Err(duplicate());
            }
        } else if let Some(earlier) = fresh.iter().find(|earlier| earlier.code == channel.code) {
            if *earlier != channel {
                return Err(duplicate());
            }
        } else {
            fresh.push(channel);
        }
    }
    Ok(fresh)
}

#[cfg(test)]
mod tests {
    use kernel::MerchantId;

    use super::*;

    #[test]
    fn a_code_means_one_channel() {
        let web = NewChannel {
            merchant_id: MerchantId::from_body("m"),
            code: "web".into(),
            name: "Web shop".into(),
            kind: "web".into(),
        };
        let other = NewChannel { name: "Other shop".into(), ..web.clone() };
        let known = HashMap::new();
        assert_eq!(decide(&[web.clone(), web.clone()], &known).unwrap(), [&web]);
        let refused = decide(&[web, other], &known).unwrap_err();
        assert_eq!(refused.to_string(), "channel 1: the code web is another channel's");
    }
}
