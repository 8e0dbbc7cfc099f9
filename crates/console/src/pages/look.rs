//! What the organisation is called, and how it or a merchant looks.

use askama::Template;

use crate::i18n::Texts;
use crate::pages::settings::Tab;
use crate::shell::Shell;

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings_look.html")]
pub struct LookPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The pages beside it.
    pub tabs: Vec<Tab>,
    /// Whose looks: the name of the organisation or of the merchant.
    pub name: String,
    /// The organisation's name and clocks; none for a merchant, who takes over what is left open.
    pub house: Option<HouseEntry>,
    /// Where the form goes.
    pub action: String,
    /// What is in it.
    pub form: LookForm,
    /// What is wrong, in the reader's language.
    pub error: Option<String>,
    /// The key of the form.
    pub command: String,
}

/// The looks as they are, or as they were sent.
#[derive(Debug, Clone)]
pub struct LookForm {
    /// What customers call them.
    pub display_name: String,
    /// Their colour, where they have one of their own.
    pub accent: Option<String>,
    /// Whom customers write to.
    pub support_email: String,
    /// Whom they call.
    pub support_phone: String,
    /// Where they find help.
    pub support_link: String,
    /// Where the logo is, if there is one.
    pub logo: Option<String>,
}

/// What the organisation is called, and where its day begins: as it is, or as it was sent.
#[derive(Debug, Clone)]
pub struct HouseEntry {
    /// Its name.
    pub name: String,
    /// Its time zone.
    pub time_zone: String,
    /// All there are.
    pub zones: Vec<String>,
    /// What is wrong, in the reader's language.
    pub error: Option<String>,
}
