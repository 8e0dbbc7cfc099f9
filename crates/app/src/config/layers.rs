//! Where values come from: file, environment, command line.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
};

use super::{Complaint, ConfigError};

/// What every variable of ours begins with.
pub const PREFIX: &str = "QUARTERMASTER_";

/// Read where the program is started, unless another file is named.
const FILE: &str = "quartermaster.toml";

/// Variables of ours that are no settings: they say where the settings are, or belong to one command.
const OTHERS: &[&str] = &["QUARTERMASTER_CONFIG", "QUARTERMASTER_BENCH_POSTGRES"];

/// Values by the name of their setting.
pub type Layer = BTreeMap<String, Given>;

/// A value as it was written, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    pub text: String,
    pub source: Source,
}

/// Where a value is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Nobody gave one.
    Default,
    /// A line of a file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A variable.
    Environment(String),
    /// An option.
    CommandLine(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Default => f.write_str("default"),
            Source::File { path, line } => write!(f, "{}:{line}", path.display()),
            Source::Environment(name) | Source::CommandLine(name) => f.write_str(name),
        }
    }
}

/// What the command line says about settings; the values are read with all others.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Configuration")]
pub struct CommandLine {
    /// The file with settings [default: quartermaster.toml where you are, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Sets any setting; may be given several times. `quartermaster config` lists them
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// The database: sqlite:PATH or postgres://USER@HOST/NAME [default: sqlite:quartermaster.db]
    #[arg(long, global = true, value_name = "URL")]
    pub database: Option<String>,
    /// Where the simulated carrier and payment provider keep their own books [default: beside the SQLite file]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub books: Option<String>,
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// How people and machines reach this server, such as https://stock.example.com
    #[arg(long, global = true, value_name = "URL")]
    pub public_url: Option<String>,
    /// For how many seconds to go on serving once told to stop [default: 5 on PostgreSQL, 0 on SQLite]
    #[arg(long, global = true, value_name = "SECONDS")]
    pub drain: Option<String>,
    /// What to log, such as `info` or `warn,flows=debug`
    #[arg(long, global = true, value_name = "FILTER")]
    pub log: Option<String>,
    /// Lets webhooks go into private networks, by HTTP and to any port, where both ends are yours
    #[arg(long, global = true)]
    pub allow_private_webhooks: bool,
}

/// The file to read: the one that is named, or the usual one where it is there.
pub fn chosen_file(
    command_line: &CommandLine,
    environment: &[(String, String)],
) -> Result<Option<PathBuf>, ConfigError> {
    let variable = environment.iter().find(|(name, _)| name == "QUARTERMASTER_CONFIG");
    let named = match (&command_line.config, variable) {
        (Some(path), _) => Some((path.clone(), Source::CommandLine("--config".into()))),
        (None, Some((name, path))) => Some((path.into(), Source::Environment(name.clone()))),
        (None, None) => None,
    };
    let Some((path, source)) = named else {
        return Ok(Some(PathBuf::from(FILE)).filter(|path| path.exists()));
    };
    if path.exists() {
        return Ok(Some(path));
    }
    let name = path.display().to_string();
    let (problem, remedy) = ("is not there".into(), "name a file that is, or none".into());
    Err(ConfigError(vec![Complaint { source, name, problem, remedy }]))
}

/// What a file says.
pub fn of_file(path: &Path) -> Result<Layer, ConfigError> {
    let text = fs::read_to_string(path).map_err(|error| {
        let (source, name) = (Source::File { path: path.into(), line: 1 }, path.display().to_string());
        let remedy = "make it readable for whoever runs this, as UTF-8".into();
        ConfigError(vec![Complaint { source, name, problem: format!("cannot be read ({error})"), remedy }])
    })?;
    read_file(path, &text)
}

/// What the text of a file says.
pub fn read_file(path: &Path, text: &str) -> Result<Layer, ConfigError> {
    let source = |offset: usize| {
        let line = text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
        Source::File { path: path.into(), line }
    };
    let table = toml::de::DeTable::parse(text).map_err(|error| {
        let source = source(error.span().map_or(0, |span| span.start));
        let (name, problem) = (path.display().to_string(), "is no TOML".to_owned());
        ConfigError(vec![Complaint { source, name, problem, remedy: error.message().to_owned() }])
    })?;
    let mut layer = Layer::new();
    let mut complaints = Vec::new();
    for (name, value) in table.into_inner() {
        let (source, name) = (source(name.span().start), name.into_inner().into_owned());
        let value = value.into_inner();
        let text = match (value.as_str(), value.as_bool(), value.as_integer()) {
            (Some(text), _, _) => text.to_owned(),
            (_, Some(is), _) => is.to_string(),
            (_, _, Some(number)) => number.as_str().to_owned(),
            _ => {
                let (problem, remedy) = ("cannot be read".into(), "a plain value is wanted".into());
                complaints.push(Complaint { source, name, problem, remedy });
                continue;
            }
        };
        layer.insert(name, Given { text, source });
    }
    if complaints.is_empty() { Ok(layer) } else { Err(ConfigError(complaints)) }
}

/// What the environment says.
pub fn of_environment(environment: &[(String, String)]) -> Layer {
    let ours = environment.iter().filter(|(name, _)| !OTHERS.contains(&name.as_str()));
    ours.filter_map(|(name, text)| {
        let setting = name.strip_prefix(PREFIX)?.to_lowercase();
        Some((setting, Given { text: text.clone(), source: Source::Environment(name.clone()) }))
    })
    .collect()
}

/// What the command line says.
pub fn of_command_line(line: &CommandLine) -> Result<Layer, ConfigError> {
    let mut layer = Layer::new();
    for set in &line.set {
        let Some((name, text)) = set.split_once('=') else {
            let (source, problem) = (Source::CommandLine("--set".into()), "has no value".into());
            let remedy = "write `--set NAME=VALUE`".into();
            return Err(ConfigError(vec![Complaint { source, name: set.clone(), problem, remedy }]));
        };
        let source = Source::CommandLine(format!("--set {name}"));
        layer.insert(name.trim().to_owned(), Given { text: text.to_owned(), source });
    }
    let options = [
        ("database", "--database", line.database.as_deref()),
        ("books", "--books", line.books.as_deref()),
        ("listen", "--listen", line.listen.as_deref()),
        ("public_url", "--public-url", line.public_url.as_deref()),
        ("drain", "--drain", line.drain.as_deref()),
        ("log", "--log", line.log.as_deref()),
        ("allow_private_webhooks", "--allow-private-webhooks", line.allow_private_webhooks.then_some("true")),
    ];
    for (name, option, text) in options {
        if let Some(text) = text {
            let source = Source::CommandLine(option.to_owned());
            layer.insert(name.to_owned(), Given { text: text.to_owned(), source });
        }
    }
    Ok(layer)
}
