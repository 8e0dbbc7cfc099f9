//! Links that customers get: whoever has one may see this order, and no other.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use kernel::OrderId;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// 128 bits of HMAC-SHA256 are too many to guess and short enough to print.
const SEAL_BYTES: usize = 16;

/// The order's id and its seal under the organisation's signing key.
pub fn sign(signing_key: &str, order_id: &OrderId) -> String {
    format!("{order_id}.{}", URL_SAFE_NO_PAD.encode(seal(signing_key, order_id)))
}

/// The order of a link; none where the link is not ours.
pub fn verify(signing_key: &str, token: &str) -> Option<OrderId> {
    let (order_id, given) = token.split_once('.')?;
    let order_id = OrderId::parse(order_id).ok()?;
    let given = URL_SAFE_NO_PAD.decode(given).ok()?;
    let is_ours = seal(signing_key, &order_id).ct_eq(given.as_slice());
    bool::from(is_ours).then_some(order_id)
}

fn seal(signing_key: &str, order_id: &OrderId) -> [u8; SEAL_BYTES] {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(signing_key.as_bytes()).expect("HMAC takes keys of any length");
    // Named, so that no other use of the key makes the same seal.
    mac.update(b"order link\0");
    mac.update(order_id.as_str().as_bytes());
    let whole = mac.finalize().into_bytes();
    std::array::from_fn(|place| whole[place])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_its_own_order_and_no_other() {
        let order_id = OrderId::parse("ord_01j9").unwrap();
        let link = sign("key", &order_id);
        assert_eq!(verify("key", &link), Some(order_id));
        assert_eq!(verify("another key", &link), None);
        assert_eq!(verify("key", &link.replace("01j9", "01j8")), None);
        for forged in ["", ".", "ord_01j9", "ord_01j9.", "ord_01j9.AA", "ord_01j9.%%", "itm_01j9.AA"] {
            assert_eq!(verify("key", forged), None, "{forged}");
        }
        for place in 0..link.len() {
            let mut bytes = link.clone().into_bytes();
            bytes[place] ^= 1;
            assert_eq!(verify("key", &String::from_utf8(bytes).unwrap()), None, "{place}");
        }
        assert_eq!(verify("key", &link[..link.len() - 1]), None);
        assert_eq!(verify("key", &format!("{link}AA")), None);
    }

    #[test]
    fn links_that_were_sent_stay_good() {
        let order_id = OrderId::parse("ord_01j9").unwrap();
        assert_eq!(sign("key", &order_id), "ord_01j9.5yiMVRkj4m_7TYdyJvO9uQ");
    }
}
