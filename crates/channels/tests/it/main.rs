//! Files of orders as shops really save them, and as somebody with bad intentions would.

mod hostile;
mod orders;
mod shopify;

use channels::{ChannelOrder, OrderError, OrdersReader};

/// Every order of a file, or the words of what stands in its way.
fn read(bytes: &[u8]) -> Vec<Result<ChannelOrder, String>> {
    let reader = match OrdersReader::detect(bytes) {
        Ok(reader) => reader,
        Err(error) => return vec![Err(error.to_string())],
    };
    reader
        .map(|order| match order {
            Ok((_, order)) => Ok(order),
            Err(OrderError::Refused(refused)) => Err(refused.to_string()),
            Err(OrderError::Table(error)) => Err(error.to_string()),
        })
        .collect()
}
