//! Channels over HTTP.

use axum::{extract::State, http::StatusCode, response::Response};
use kernel::{ChannelId, MerchantId, Timestamp};
use runtime::Runtime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Command, Problem, Within, answered, problems};

use super::{check_count, check_merchants, taken_at, whole, wrong_at};
use crate::{AddChannelsError, Channel, NewChannel, store};

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewChannelJson {
    merchant_id: MerchantId,
    /// What orders call it.
    #[schema(min_length = 1, max_length = 200)]
    code: String,
    #[schema(min_length = 1, max_length = 500)]
    name: String,
    /// Such as `shop`, `marketplace`, `pos`.
    #[schema(min_length = 1, max_length = 200)]
    kind: String,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChannelsJson {
    #[schema(max_items = 10_000)]
    channels: Vec<NewChannelJson>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct ChannelIds {
    channel_ids: Vec<ChannelId>,
}

pub(super) async fn post_channels(
    State(rt): State<Runtime>,
    Within(scope): Within,
    command: Command<ChannelsJson>,
) -> Result<Response, Problem> {
    check_count(command.body.channels.len(), "channels")?;
    let new = |json: NewChannelJson| {
        let NewChannelJson { merchant_id, code, name, kind } = json;
        NewChannel { merchant_id, code, name, kind }
    };
    let channels: Vec<NewChannel> = command.body.channels.into_iter().map(new).collect();
    check_merchants(&scope, "/channels", channels.iter().map(|channel| &channel.merchant_id))?;
    let answer = rt
        .command(command.call, move |cx| {
            let channels = channels.clone();
            Box::pin(async move {
                let channel_ids = crate::add_channels(cx, &channels).await?;
                Ok::<_, AddChannelsError>(ChannelIds { channel_ids })
            })
        })
        .await?;
    answered(StatusCode::CREATED, answer)
}

impl From<AddChannelsError> for Problem {
    fn from(error: AddChannelsError) -> Problem {
        let says = error.to_string();
        match error {
            AddChannelsError::Text { index, field, .. } => {
                let pointer = format!("/channels/{index}/{field}");
                wrong_at(problems::INVALID_FIELD, pointer, &says)
            }
            AddChannelsError::DuplicateCode { index, .. } => {
                let pointer = format!("/channels/{index}/code");
                taken_at(pointer, &says)
            }
            AddChannelsError::Fault(fault) => Problem::fault(fault),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChannelJson {
    channel_id: ChannelId,
    merchant_id: MerchantId,
    code: String,
    name: String,
    kind: String,
    created_at: Timestamp,
}

impl From<Channel> for ChannelJson {
    fn from(channel: Channel) -> ChannelJson {
        let Channel { channel_id, merchant_id, code, name, kind, created_at, has_stock_rules: _ } = channel;
        ChannelJson { channel_id, merchant_id, code, name, kind, created_at }
    }
}

pub(super) async fn get_channels(
    State(rt): State<Runtime>,
    Within(scope): Within,
) -> Result<Response, Problem> {
    let organisation_id = rt.organisation_id.clone();
    let channels = rt
        .read(move |tx| {
            Box::pin(
                async move { Ok::<_, Problem>(store::list_channels(tx, &organisation_id, &scope).await?) },
            )
        })
        .await?;
    Ok(whole(channels.into_iter().map(ChannelJson::from)))
}
