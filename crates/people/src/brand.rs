//! How the organisation and its merchants look to staff and customers: a name, a colour, a logo, and whom to ask.
//!
//! What a merchant leaves open is as the organisation has it. **Invariant:** a colour that is kept can be read on every
//! ground that pages have; a logo was written anew by us.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use db::Fault;
use kernel::MerchantId;
use pictures::{Picture, PictureError};
use runtime::{Cx, has_fault};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::colour::Colour;
use crate::enrol::is_email;
use crate::store;

/// The longest name, in characters.
const NAME_MOST: usize = 200;

/// The longest address of a page for help, in bytes.
const LINK_MOST: usize = 500;

/// The longest telephone number, in characters.
const PHONE_MOST: usize = 40;

/// How somebody looks; what is empty is as the organisation has it, and there as the product does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brand {
    /// What customers call them.
    pub display_name: String,
    /// The colour of links and of what matters most.
    pub accent: Option<Colour>,
    /// Whom customers write to.
    pub support_email: String,
    /// Whom they call.
    pub support_phone: String,
    /// Where they find help.
    pub support_link: String,
    /// The digest of the logo: see [`find_logo`](crate::find_logo).
    pub logo: Option<String>,
}

impl Brand {
    /// This, and where it says nothing, what `other` says. A name is not taken over: a merchant is not the organisation.
    pub fn or(self, other: Brand) -> Brand {
        let either = |own: String, others: String| if own.is_empty() { others } else { own };
        // Whom to ask is one thing: a merchant's telephone beside the organisation's page would send people astray.
        let has_support = [&self.support_email, &self.support_phone, &self.support_link]
            .into_iter()
            .any(|way| !way.is_empty());
        let support = if has_support { Brand::default() } else { other.clone() };
        Brand {
            display_name: self.display_name,
            accent: self.accent.or(other.accent),
            support_email: either(self.support_email, support.support_email),
            support_phone: either(self.support_phone, support.support_phone),
            support_link: either(self.support_link, support.support_link),
            logo: self.logo.or(other.logo),
        }
    }

    /// The name that customers know, where it is another than `name`.
    pub fn name_or(&self, name: String) -> String {
        if self.display_name.is_empty() { name } else { self.display_name.clone() }
    }

    /// The facts, for the audit log.
    fn facts(&self) -> Json {
        json!({
            "display_name": self.display_name,
            "accent": self.accent.map(Colour::hex),
            "support_email": self.support_email,
            "support_phone": self.support_phone,
            "support_link": self.support_link,
            "logo": self.logo,
        })
    }
}

/// What shall be another way; nothing where it stays, and empty where it goes.
#[derive(Debug, Clone, Default)]
pub struct BrandChange {
    /// The name.
    pub display_name: Option<String>,
    /// The colour, like `#0b5f73`.
    pub accent: Option<String>,
    /// Whom customers write to.
    pub support_email: Option<String>,
    /// Whom they call.
    pub support_phone: Option<String>,
    /// Where they find help.
    pub support_link: Option<String>,
    /// The logo, as it was brought.
    pub logo: Option<Vec<u8>>,
}

/// Why it looks as before.
#[derive(Debug, thiserror::Error)]
pub enum BrandError {
    /// It is no name.
    #[error("a name has {NAME_MOST} characters at most")]
    DisplayName,
    /// It is no colour.
    #[error("a colour is written like #0b5f73")]
    Accent,
    /// Text in this colour could not be read.
    #[error("text in {} could not be read on light pages; {} is the nearest that can", .asked.hex(), .nearest.hex())]
    TooPale {
        /// The colour that was asked for.
        asked: Colour,
        /// The nearest that can be read.
        nearest: Colour,
    },
    /// It is no e-mail address.
    #[error("this is no e-mail address")]
    SupportEmail,
    /// It is no telephone number.
    #[error("a telephone number has digits, spaces and + ( ) - . / only, {PHONE_MOST} at most")]
    SupportPhone,
    /// It is no address of a page.
    #[error("a page for help has an address that begins with https://, of {LINK_MOST} bytes at most")]
    SupportLink,
    /// The picture.
    #[error("the logo is not taken: {0}")]
    Logo(#[from] PictureError),
    /// No such merchant.
    #[error("there is no merchant {0}")]
    NoSuchMerchant(MerchantId),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(BrandError);

/// Changes how a merchant looks, or with none the organisation. What is the same again changes nothing.
pub async fn change_brand(
    cx: &mut Cx<'_>,
    merchant_id: Option<&MerchantId>,
    change: &BrandChange,
) -> Result<Brand, BrandError> {
    let organisation_id = cx.organisation_id.clone();
    if let Some(merchant_id) = merchant_id
        && store::find_merchant(cx.tx, &organisation_id, merchant_id).await?.is_none()
    {
        return Err(BrandError::NoSuchMerchant(merchant_id.clone()));
    }
    store::lock_brands(cx.tx, &organisation_id).await?;
    let before = store::find_brand(cx.tx, &organisation_id, merchant_id).await?;
    let (after, picture) = decide(before.clone(), change)?;
    if after == before {
        return Ok(after);
    }
    if let (Some(picture), Some(digest)) = (&picture, &after.logo) {
        let content = STANDARD.encode(&picture.bytes);
        let media_type = picture.kind.media_type();
        store::keep_logo(cx.tx, &organisation_id, digest, media_type, &content, cx.now).await?;
    }
    store::keep_brand(cx.tx, &organisation_id, merchant_id, &after, cx.now).await?;
    if before.logo != after.logo {
        store::forget_unused_logos(cx.tx, &organisation_id).await?;
    }
    let (kind, subject) = match merchant_id {
        Some(merchant_id) => ("merchant.branded", merchant_id.as_str()),
        None => ("organisation.branded", organisation_id.as_str()),
    };
    cx.record(kind, subject, json!({}), before.facts(), after.facts());
    Ok(after)
}

fn decide(before: Brand, change: &BrandChange) -> Result<(Brand, Option<Picture>), BrandError> {
    let mut after = before;
    if let Some(name) = &change.display_name {
        let name = name.trim();
        if name.chars().count() > NAME_MOST || name.contains(char::is_control) {
            return Err(BrandError::DisplayName);
        }
        after.display_name = name.to_owned();
    }
    if let Some(accent) = &change.accent {
        after.accent = decide_accent(accent.trim())?;
    }
    if let Some(email) = &change.support_email {
        let email = email.trim();
        if !email.is_empty() && !is_email(email) {
            return Err(BrandError::SupportEmail);
        }
        after.support_email = email.to_owned();
    }
    if let Some(phone) = &change.support_phone {
        let phone = phone.trim();
        let is_phone = phone.len() <= PHONE_MOST
            && phone.chars().all(|c| c.is_ascii_digit() || " +()-./".contains(c))
            && phone.chars().any(|c| c.is_ascii_digit());
        if !phone.is_empty() && !is_phone {
            return Err(BrandError::SupportPhone);
        }
        after.support_phone = phone.to_owned();
    }
    if let Some(link) = &change.support_link {
        let link = link.trim();
        if !link.is_empty() && !is_page(link) {
            return Err(BrandError::SupportLink);
        }
        after.support_link = link.to_owned();
    }
    let picture = match change.logo.as_deref() {
        None => return Ok((after, None)),
        Some([]) => None,
        Some(bytes) => Some(pictures::read(bytes)?),
    };
    after.logo = picture.as_ref().map(digest);
    Ok((after, picture))
}

fn decide_accent(accent: &str) -> Result<Option<Colour>, BrandError> {
    if accent.is_empty() {
        return Ok(None);
    }
    let asked = Colour::parse(accent).ok_or(BrandError::Accent)?;
    if asked.reads_on_light() {
        Ok(Some(asked))
    } else {
        Err(BrandError::TooPale { asked, nearest: asked.for_light_pages() })
    }
}

/// True for a page elsewhere that a customer may be sent to.
fn is_page(link: &str) -> bool {
    let is_plain = link.len() <= LINK_MOST && link.bytes().all(|byte| byte.is_ascii_graphic());
    let uri = link.parse::<http::Uri>().ok().filter(|_| is_plain);
    // What stands before an `@` looks like a host and is none.
    uri.is_some_and(|uri| {
        uri.scheme_str() == Some("https")
            && uri
                .authority()
                .is_some_and(|authority| !authority.as_str().contains('@') && !authority.host().is_empty())
    })
}

/// The name under which browsers may keep a picture for ever.
fn digest(picture: &Picture) -> String {
    let mut hash = Sha256::new();
    hash.update(picture.kind.media_type());
    hash.update(&picture.bytes);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(with: impl FnOnce(&mut BrandChange)) -> Result<Brand, BrandError> {
        let mut change = BrandChange::default();
        with(&mut change);
        decide(Brand::default(), &change).map(|(brand, _)| brand)
    }

    #[test]
    fn a_colour_is_kept_where_text_in_it_can_be_read_and_refused_with_one_that_can() {
        assert!(change(|brand| brand.accent = Some("#7a1f6b".into())).unwrap().accent.is_some());
        assert_eq!(change(|brand| brand.accent = Some(String::new())).unwrap().accent, None);
        assert!(matches!(change(|brand| brand.accent = Some("red".into())), Err(BrandError::Accent)));
        match change(|brand| brand.accent = Some("#ffcc00".into())) {
            Err(error @ BrandError::TooPale { nearest, .. }) => {
                assert!(nearest.reads_on_light());
                assert!(error.to_string().contains(&nearest.hex()), "{error}");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn customers_are_sent_to_pages_mailboxes_and_telephones_only() {
        for link in ["https://tea.example/help?a=1", "https://tea.example:8443"] {
            assert!(change(|brand| brand.support_link = Some(link.into())).is_ok(), "{link}");
        }
        for link in [
            "http://tea.example",
            "javascript:alert(1)",
            "https://",
            "//tea.example",
            "https://bank.example@evil.example",
            "https://tea.example/a b",
            "https://tea.example/\u{202e}",
        ] {
            let refused = change(|brand| brand.support_link = Some(link.into()));
            assert!(matches!(refused, Err(BrandError::SupportLink)), "{link}");
        }
        assert!(change(|brand| brand.support_phone = Some("+44 (113) 496-0000".into())).is_ok());
        for phone in ["call us", "+", "1;postd=2"] {
            let refused = change(|brand| brand.support_phone = Some(phone.into()));
            assert!(matches!(refused, Err(BrandError::SupportPhone)), "{phone}");
        }
        assert!(change(|brand| brand.support_email = Some("help@tea.example".into())).is_ok());
        assert!(matches!(
            change(|brand| brand.support_email = Some("help".into())),
            Err(BrandError::SupportEmail)
        ));
    }

    #[test]
    fn what_a_merchant_leaves_open_is_as_the_organisation_has_it() {
        let organisation = Brand {
            display_name: "House".into(),
            accent: Colour::parse("#0b5f73"),
            support_email: "help@house.example".into(),
            support_phone: "+1".into(),
            support_link: String::new(),
            logo: Some("a".into()),
        };
        let plain = Brand::default().or(organisation.clone());
        assert_eq!(plain, Brand { display_name: String::new(), ..organisation.clone() });
        let own = Brand { support_phone: "+2".into(), logo: Some("b".into()), ..Brand::default() };
        let shown = own.or(organisation);
        assert_eq!((shown.support_email.as_str(), shown.support_phone.as_str()), ("", "+2"));
        assert_eq!(shown.logo.as_deref(), Some("b"));
    }
}
