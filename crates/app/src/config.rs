//! Every setting there is, in one struct: what it means, its default, how it is read and how it is shown.
//!
//! A value comes from the command line, else the environment, else the file, else its default; each remembers where
//! from. All that is wrong is told at once, each with its place and its remedy.

mod layers;
#[cfg(test)]
mod page;
mod read;
mod risk;

use std::{collections::BTreeMap, fmt, net::SocketAddr, path::PathBuf};

pub use layers::{CommandLine, Source};
pub use read::{LogFormat, PublicUrl};
pub use risk::Risk;

use layers::{Given, Layer};

/// What is known of a setting beforehand.
pub struct Setting {
    /// Its name in the file; in the environment in capitals behind `QUARTERMASTER_`.
    pub name: &'static str,
    /// What it means, as Markdown.
    pub says: &'static str,
    /// Its value where none is given; empty for none.
    pub default: &'static str,
    /// What of a value may be shown.
    shown: fn(&str) -> String,
}

impl Setting {
    /// Its name in the environment.
    pub fn variable(&self) -> String {
        format!("{}{}", layers::PREFIX, self.name.to_uppercase())
    }
}

macro_rules! settings {
    ($($(#[doc = $says:literal])+ $name:ident: $kind:ty = $default:literal, $read:path, $shown:path;)*) => {
        /// The settings that hold.
        #[derive(Debug, Clone)]
        pub struct Config {
            $($(#[doc = $says])+ pub $name: $kind,)*
            given: BTreeMap<&'static str, Given>,
        }

        /// Every setting, in the order of the guide.
        pub const SETTINGS: &[Setting] = &[$(Setting {
            name: stringify!($name),
            says: concat!($($says),+),
            default: $default,
            shown: $shown,
        }),*];

        fn settle(given: BTreeMap<&'static str, Given>, complaints: &mut Vec<Complaint>) -> Option<Config> {
            $(let $name = reading(&given, stringify!($name), $default, $read, complaints);)*
            Some(Config { $($name: $name?,)* given })
        }
    };
}

settings! {
    /// The database: `sqlite:PATH` or `postgres://USER@HOST/NAME`.
    database: String = "sqlite:quartermaster.db", read::text, read::without_password;
    /// The folder where the simulated carrier and payment provider keep their own books. Without it, beside the SQLite
    /// file; on PostgreSQL, where the program was started.
    books: Option<PathBuf> = "", read::path, read::as_is;
    /// Where to listen for browsers and machines. Beyond this machine only behind a proxy that speaks TLS: then
    /// `public_url` says so.
    listen: SocketAddr = "127.0.0.1:8080", read::address, read::as_is;
    /// How people and machines reach this server, such as `https://stock.example.com`. With `https`, session cookies
    /// are only ever sent over TLS.
    public_url: Option<PublicUrl> = "", read::public_url, read::as_is;
    /// Where Prometheus may read `/metrics` without a key, such as `127.0.0.1:9090`. Without it, `/metrics` stands
    /// beside the API and needs the permission `operations.read`.
    metrics_listen: Option<SocketAddr> = "", read::maybe_address, read::as_is;
    /// What to log, such as `info` or `warn,flows=debug`. Without it, `info` for servers and `warn` for tools.
    log: Option<String> = "", read::filter, read::as_is;
    /// How to log: `text` for people or `json` for machines.
    log_format: LogFormat = "text", read::log_format, read::as_is;
    /// How many seconds a server that was told to stop goes on serving, with `/ready` saying no, so that a load
    /// balancer can turn to others first. Without it, 5 on PostgreSQL and 0 on SQLite.
    drain: Option<u32> = "", read::maybe_number::<0, 600>, read::as_is;
    /// How many requests a minute one session or key may make, on all nodes together; 0 for any number.
    rate_per_key: u32 = "12000", read::number::<0, 10_000_000>, read::as_is;
    /// How many requests a minute all who work for one merchant may make together, on all nodes; those who work for the
    /// whole organisation count as one more. 0 for any number.
    rate_per_merchant: u32 = "36000", read::number::<0, 10_000_000>, read::as_is;
    /// How often each invariant is checked while serving, in seconds; 0 for never. One that takes long is checked less
    /// often, so that checking costs one part in a hundred at most.
    verify_seconds: u32 = "60", read::number::<0, 86_400>, read::as_is;
    /// How many days after the last that happened to it an order that came to rest loses street, telephone and notes.
    mask_after: u32 = "90", read::number::<1, 36_500>, read::as_is;
    /// How many days after the last that happened to it such an order loses everything that tells of a person.
    erase_after: u32 = "730", read::number::<1, 36_500>, read::as_is;
    /// A NATS server with JetStream to which every event is published, such as `nats://127.0.0.1:4222`; with name and
    /// password in it where it wants them.
    nats: Option<String> = "", read::nats, read::without_password;
    /// What the stream there is called, and in small letters what its subjects begin with.
    nats_stream: String = "QUARTERMASTER", read::stream_name, read::as_is;
    /// A collector of OpenTelemetry to which traces are sent by OTLP over HTTP, such as `http://127.0.0.1:4318`. Without
    /// it none are made.
    otlp: Option<String> = "", read::collector, read::as_is;
    /// Headers that go with the traces, such as `authorization=Bearer …`, with commas between.
    otlp_headers: Vec<(String, String)> = "", read::headers, read::hidden;
    /// How many of a hundred traces are sent that begin here; those that others began are sent where they say so.
    trace_percent: u32 = "100", read::number::<0, 100>, read::as_is;
    /// Lets webhooks, and questions to identity providers, go into private networks, by HTTP and to any port, where both ends are yours.
    allow_private_webhooks: bool = "false", read::yes_or_no, read::as_is;
    /// The master keys that seal secrets in the database, each 32 bytes in base64, with commas between; the first seals.
    /// Without them, those of `master_key_file`.
    master_key: Option<String> = "", read::maybe_text, read::hidden;
    /// The file with the master keys, which only its owner may read; made where there is none. Without it, beside the
    /// SQLite file; on PostgreSQL, `quartermaster.key` where the program was started.
    master_key_file: Option<PathBuf> = "", read::path, read::as_is;
    /// Risks that are taken knowingly, by name, with commas between; [below](#risks).
    accept_risks: Vec<Risk> = "", risk::read, read::as_is;
}

impl Config {
    /// The settings of this process. A file `quartermaster.toml` where the program is started is read unless another
    /// is named.
    pub fn load(command_line: &CommandLine) -> Result<Config, ConfigError> {
        let environment: Vec<_> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let file = layers::chosen_file(command_line, &environment)?;
        let mut found = Vec::new();
        if let Some(path) = &file {
            found.push(layers::of_file(path)?);
        }
        found.push(layers::of_environment(&environment));
        found.push(layers::of_command_line(command_line)?);
        Config::resolve(found)
    }

    /// The settings of these layers; later ones win.
    fn resolve(found: Vec<Layer>) -> Result<Config, ConfigError> {
        let mut complaints = Vec::new();
        let mut given = BTreeMap::new();
        for (name, value) in found.into_iter().flatten() {
            match SETTINGS.iter().find(|setting| setting.name == name) {
                Some(setting) => drop(given.insert(setting.name, value)),
                None => complaints.push(unknown(name, value.source)),
            }
        }
        match settle(given, &mut complaints) {
            Some(config) if complaints.is_empty() => Ok(config),
            _ => Err(ConfigError(complaints)),
        }
    }

    /// What is shown of a setting, and where its value is from.
    pub fn shown(&self, setting: &Setting) -> (String, Source) {
        match self.given.get(setting.name) {
            Some(given) => ((setting.shown)(&given.text), given.source.clone()),
            None => (setting.default.to_owned(), Source::Default),
        }
    }

    /// Where the value of a setting is from.
    pub fn source(&self, name: &str) -> Source {
        self.given.get(name).map_or(Source::Default, |given| given.source.clone())
    }

    /// The same with another database.
    pub fn with_database(&self, database: &str) -> Config {
        Config { database: database.to_owned(), ..self.clone() }
    }

    /// The SQLite file, where it is one.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        self.database.strip_prefix("sqlite:").map(PathBuf::from)
    }
}

fn reading<T>(
    given: &BTreeMap<&'static str, Given>,
    name: &'static str,
    default: &str,
    read: fn(&str) -> Result<T, String>,
    complaints: &mut Vec<Complaint>,
) -> Option<T> {
    let (text, source) = match given.get(name) {
        Some(given) => (given.text.as_str(), given.source.clone()),
        None => (default, Source::Default),
    };
    match read(text) {
        Ok(value) => Some(value),
        Err(wanted) => {
            let name = name.to_owned();
            complaints.push(Complaint { source, name, problem: "cannot be read".into(), remedy: wanted });
            None
        }
    }
}

fn unknown(name: String, source: Source) -> Complaint {
    let nearest = SETTINGS
        .iter()
        .map(|setting| (strsim::levenshtein(setting.name, &name), setting.name))
        .filter(|(distance, _)| *distance <= 2)
        .min();
    let remedy = match nearest {
        Some((_, nearest)) => format!("did you mean `{nearest}`?"),
        None => "`quartermaster config` lists them all".to_owned(),
    };
    Complaint { source, name, problem: "is no setting".into(), remedy }
}

/// One thing that is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    source: Source,
    name: String,
    problem: String,
    remedy: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: `{}` {}: {}", self.source, self.name, self.problem, self.remedy)
    }
}

/// Everything that is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
pub struct ConfigError(Vec<Complaint>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is wrong")?;
        self.0.iter().try_for_each(|complaint| write!(f, "\n  {complaint}"))
    }
}

#[cfg(test)]
impl Config {
    /// The defaults, with these values as if from the command line.
    pub fn of(values: &[(&str, &str)]) -> Config {
        let value = |text: &str| Given { text: text.into(), source: Source::CommandLine("--set".into()) };
        let layer = values.iter().map(|(name, text)| ((*name).to_owned(), value(text))).collect();
        Config::resolve(vec![layer]).expect("a test names settings that are")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Result<Layer, ConfigError> {
        layers::read_file("shop.toml".as_ref(), text)
    }

    fn environment(pairs: &[(&str, &str)]) -> Layer {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        layers::of_environment(&pairs)
    }

    fn refused(found: Vec<Layer>) -> String {
        Config::resolve(found).unwrap_err().to_string()
    }

    #[test]
    fn the_defaults_are_good() {
        let config = Config::of(&[]);
        assert_eq!((config.listen.to_string().as_str(), config.log), ("127.0.0.1:8080", None));
    }

    #[test]
    fn the_command_line_wins_over_the_environment_and_that_over_the_file() {
        let told = "listen = \"127.0.0.1:1\"\ndrain = 5\nlog = \"debug\"\n";
        let around =
            [("QUARTERMASTER_LISTEN", "127.0.0.1:2"), ("QUARTERMASTER_LOG", "error"), ("PATH", "/bin")];
        let line = CommandLine { listen: Some("127.0.0.1:3".into()), ..CommandLine::default() };
        let layers = vec![file(told).unwrap(), environment(&around), layers::of_command_line(&line).unwrap()];
        let config = Config::resolve(layers).unwrap();
        assert_eq!((config.listen.port(), config.drain), (3, Some(5)));
        assert_eq!(config.log.as_deref(), Some("error"));
        assert_eq!(config.source("listen").to_string(), "--listen");
        assert_eq!(config.source("log").to_string(), "QUARTERMASTER_LOG");
        assert_eq!(config.source("drain").to_string(), "shop.toml:2");
        assert_eq!(config.source("books"), Source::Default);
    }

    #[test]
    fn everything_that_is_wrong_is_told_with_its_place_and_its_remedy() {
        let told = "# ours\nlissten = \"127.0.0.1:1\"\ndrain = 5000\nlog_format = \"xml\"\n";
        let around = [("QUARTERMASTER_PUBLIC_URL", "stock.example.com"), ("QUARTERMASTER_COLOUR", "red")];
        let said = refused(vec![file(told).unwrap(), environment(&around)]);
        for line in [
            "shop.toml:2: `lissten` is no setting: did you mean `listen`?",
            "shop.toml:3: `drain` cannot be read: a whole number from 0 to 600",
            "shop.toml:4: `log_format` cannot be read: `text` or `json`",
            "QUARTERMASTER_PUBLIC_URL: `public_url` cannot be read: https://HOST or http://HOST, without a path",
            "QUARTERMASTER_COLOUR: `colour` is no setting: `quartermaster config` lists them all",
        ] {
            assert!(said.contains(line), "{line}\nnot in {said}");
        }
    }

    #[test]
    fn a_file_that_is_no_toml_or_has_more_than_plain_values_is_refused() {
        for (text, says) in [
            ("listen = ", "shop.toml:1"),
            ("\n[listen]\nport = 1\n", "shop.toml:2: `listen` cannot be read: a plain value"),
            ("log = [\"info\"]\n", "shop.toml:1: `log` cannot be read: a plain value"),
        ] {
            let said = file(text).unwrap_err().to_string();
            assert!(said.contains(says), "{says}\nnot in {said}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let config = Config::of(&[("database", "postgres://me:s3cret@db.example/shop")]);
        let (shown, _) = config.shown(&SETTINGS[0]);
        assert_eq!(shown, "postgres://me:***@db.example/shop");
    }
}
