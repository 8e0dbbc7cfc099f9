//! Nodes on an equirectangular map, fitted to the nodes there are. The shape says the kind, the size the backlog,
//! the colour whether work is late; the name and the numbers are text as well.

use askama::Template;
use kernel::Place;

use crate::href;
use crate::i18n::Texts;
use crate::svg::coordinate;
use crate::words::{NodeKind, Tone};

/// A node to be shown.
#[derive(Debug, Clone)]
pub struct MapNode {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// Where it is.
    pub place: Place,
    /// Units waiting there.
    pub backlog: i64,
    /// Of those, units past their time to ship.
    pub late: i64,
}

/// How large the picture is drawn. It scales with its box; this sets how much fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapSize {
    /// A corner of the overview, and the page of nodes on a small screen.
    Thumbnail,
    /// The page of nodes.
    Full,
}

/// The finished picture.
#[derive(Debug, Template)]
#[template(path = "svg/map.html")]
pub struct Map {
    width: String,
    height: String,
    label: String,
    lines: Vec<Line>,
    dots: Vec<Dot>,
}

#[derive(Debug)]
struct Line {
    x1: String,
    y1: String,
    x2: String,
    y2: String,
    /// Where its degrees stand, and how they are aligned.
    text_x: String,
    text_y: String,
    degrees: String,
}

#[derive(Debug)]
struct Dot {
    href: String,
    x: String,
    y: String,
    outline: String,
    class: &'static str,
    title: String,
    /// The name, where there is room for it.
    name: Option<Name>,
}

#[derive(Debug)]
struct Name {
    x: String,
    y: String,
    anchor: &'static str,
    text: String,
}

#[derive(Debug, Clone, Copy)]
struct Area {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Area {
    fn meets(self, other: Area) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }

    fn is_inside(self, width: f64, height: f64) -> bool {
        self.x >= 0.0 && self.y >= 0.0 && self.x + self.width <= width && self.y + self.height <= height
    }
}

/// Degrees to picture units: east and south from the north-western corner.
#[derive(Debug, Clone, Copy)]
struct Projection {
    west: f64,
    north: f64,
    per_degree_east: f64,
    per_degree_south: f64,
}

impl Projection {
    /// Fits all places with a margin. A degree of longitude is shortened as at the middle latitude, so that
    /// distances look right where the nodes are.
    fn fitting(places: &[(f64, f64)], width: f64, height: f64) -> Projection {
        let least = |pick: fn(&(f64, f64)) -> f64| places.iter().map(pick).fold(f64::INFINITY, f64::min);
        let most = |pick: fn(&(f64, f64)) -> f64| places.iter().map(pick).fold(f64::NEG_INFINITY, f64::max);
        let (south, north) = (least(|place| place.0), most(|place| place.0));
        let (west, east) = (least(|place| place.1), most(|place| place.1));
        let (south, north, west, east) =
            if places.is_empty() { (-60.0, 75.0, -170.0, 170.0) } else { (south, north, west, east) };
        let middle = (south + north) / 2.0;
        let squeeze = middle.to_radians().cos().max(0.2);
        let (tall, wide) = ((north - south).max(1.5) * 1.35, (east - west).max(1.5) * 1.35 * squeeze);
        let scale = (height / tall).min(width / wide);
        Projection {
            west: (west + east) / 2.0 - width / scale / squeeze / 2.0,
            north: middle + height / scale / 2.0,
            per_degree_east: scale * squeeze,
            per_degree_south: scale,
        }
    }

    fn point(self, (latitude, longitude): (f64, f64)) -> (f64, f64) {
        ((longitude - self.west) * self.per_degree_east, (self.north - latitude) * self.per_degree_south)
    }
}

impl Map {
    /// Draws the nodes.
    pub fn of(t: &Texts, nodes: &[MapNode], size: MapSize) -> Map {
        let (width, height, smallest, largest) = match size {
            MapSize::Thumbnail => (400.0, 240.0, 5.0, 13.0),
            MapSize::Full => (1120.0, 480.0, 7.0, 22.0),
        };
        let places: Vec<(f64, f64)> = nodes.iter().map(|node| degrees(node.place)).collect();
        let projection = Projection::fitting(&places, width, height);
        let heaviest = nodes.iter().map(|node| node.backlog).max().unwrap_or(0).max(1);

        // The heaviest are named first, so that it is the idle ones that go without a name in a crowd.
        let mut order: Vec<usize> = (0..nodes.len()).collect();
        order.sort_by_key(|&place| (-nodes[place].backlog, place));
        let circle = |place: usize| {
            let (x, y) = projection.point(places[place]);
            let share = (nodes[place].backlog.max(0) as f64 / heaviest as f64).sqrt();
            (x, y, smallest + (largest - smallest) * share)
        };
        let mut taken: Vec<Area> = (0..nodes.len())
            .map(circle)
            .map(|(x, y, r)| Area { x: x - r, y: y - r, width: 2.0 * r, height: 2.0 * r })
            .collect();
        let mut dots = Vec::with_capacity(nodes.len());
        for place in order {
            let node = &nodes[place];
            let (x, y, radius) = circle(place);
            let name = name_beside(&node.name, (x, y, radius), &taken, (width, height));
            if let Some((area, _)) = &name {
                taken.push(*area);
            }
            dots.push(Dot {
                href: href::node(&node.id),
                x: coordinate(x),
                y: coordinate(y),
                outline: outline(&node.kind, radius),
                class: tone(node).class(),
                title: title(t, node),
                name: name.map(|(_, name)| name),
            });
        }
        Map {
            width: coordinate(width),
            height: coordinate(height),
            label: t.count("map-label", nodes.len() as i64),
            lines: graticule(projection, width, height),
            dots,
        }
    }
}

fn degrees(place: Place) -> (f64, f64) {
    (place.latitude_microdegrees as f64 / 1e6, place.longitude_microdegrees as f64 / 1e6)
}

fn tone(node: &MapNode) -> Tone {
    match (node.late, node.backlog) {
        (1.., _) => Tone::Bad,
        (_, 1..) => Tone::Busy,
        _ => Tone::Quiet,
    }
}

fn title(t: &Texts, node: &MapNode) -> String {
    let mut title =
        format!("{} · {} · {}", node.name, t.text(node.kind.key()), t.count("units-waiting", node.backlog));
    if node.late > 0 {
        title.push_str(" · ");
        title.push_str(&t.count("units-late", node.late));
    }
    title
}

/// A path around the origin: circle, square, triangle and diamond of about one weight to the eye.
pub(crate) fn outline(kind: &NodeKind, radius: f64) -> String {
    let polygon = |corners: u32, start: f64, reach: f64| {
        let points: Vec<String> = (0..corners)
            .map(|corner| {
                let angle = (start + 360.0 * f64::from(corner) / f64::from(corners)).to_radians();
                format!("{} {}", coordinate(reach * angle.cos()), coordinate(reach * angle.sin()))
            })
            .collect();
        format!("M{}Z", points.join("L"))
    };
    match kind {
        NodeKind::RegionalCentre => {
            let r = coordinate(radius);
            format!("M-{r} 0a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0Z", d = coordinate(2.0 * radius))
        }
        NodeKind::Store => polygon(4, 45.0, radius * 1.25),
        NodeKind::Vendor => polygon(3, -90.0, radius * 1.3),
        NodeKind::Partner => polygon(4, 0.0, radius * 1.25),
    }
}

/// The first of right, left, above and below where the name meets nothing.
fn name_beside(
    name: &str,
    (x, y, radius): (f64, f64, f64),
    taken: &[Area],
    (width, height): (f64, f64),
) -> Option<(Area, Name)> {
    const LINE: f64 = 17.0;
    let long = name.chars().map(|c| if c as u32 >= 0x2e80 { 14.0 } else { 7.6 }).sum::<f64>();
    let gap = radius + 5.0;
    let tries = [
        ("start", x + gap, y - LINE / 2.0, x + gap),
        ("end", x - gap - long, y - LINE / 2.0, x - gap),
        ("middle", x - long / 2.0, y - gap - LINE, x),
        ("middle", x - long / 2.0, y + gap, x),
    ];
    for (anchor, left, top, text_x) in tries {
        let area = Area { x: left, y: top, width: long, height: LINE };
        if area.is_inside(width, height) && !taken.iter().any(|other| area.meets(*other)) {
            let text =
                Name { x: coordinate(text_x), y: coordinate(top + 12.5), anchor, text: name.to_owned() };
            return Some((area, text));
        }
    }
    None
}

/// Meridians and parallels at a round distance, about five across.
fn graticule(projection: Projection, width: f64, height: f64) -> Vec<Line> {
    let span = width / projection.per_degree_east;
    let step = [0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0].into_iter().find(|step| span / step <= 7.0);
    let step = step.unwrap_or(60.0);
    let mut lines = Vec::new();
    let east = projection.west + span;
    let mut longitude = (projection.west / step).ceil() * step;
    while longitude < east && longitude <= 180.0 {
        if longitude >= -180.0 {
            let (x, _) = projection.point((0.0, longitude));
            lines.push(Line {
                x1: coordinate(x),
                y1: "0".to_owned(),
                x2: coordinate(x),
                y2: coordinate(height),
                text_x: coordinate(x + 4.0),
                text_y: coordinate(height - 6.0),
                degrees: if x < width - 40.0 { compass(longitude, 'E', 'W') } else { String::new() },
            });
        }
        longitude += step;
    }
    let south = projection.north - height / projection.per_degree_south;
    let mut latitude = (south / step).ceil() * step;
    while latitude < projection.north && latitude <= 90.0 {
        if latitude >= -90.0 {
            let (_, y) = projection.point((latitude, 0.0));
            lines.push(Line {
                x1: "0".to_owned(),
                y1: coordinate(y),
                x2: coordinate(width),
                y2: coordinate(y),
                text_x: "5".to_owned(),
                text_y: coordinate(y - 4.0),
                // The lower corner belongs to the meridians.
                degrees: if y < height - 20.0 { compass(latitude, 'N', 'S') } else { String::new() },
            });
        }
        latitude += step;
    }
    lines
}

fn compass(degrees: f64, positive: char, negative: char) -> String {
    let letter = if degrees < 0.0 { negative } else { positive };
    format!("{}° {letter}", degrees.abs())
}

#[cfg(test)]
mod tests {
    use askama::Template;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::i18n::Language;

    fn node(name: &str, latitude: f64, longitude: f64, backlog: i64) -> MapNode {
        MapNode {
            id: format!("nod_{}", name.to_lowercase()),
            name: name.to_owned(),
            kind: NodeKind::Store,
            place: Place::from_degrees(latitude, longitude).unwrap(),
            backlog,
            late: 0,
        }
    }

    fn draw(nodes: &[MapNode]) -> String {
        let t = Texts::new(Language::En, TimeZone::UTC);
        Map::of(&t, nodes, MapSize::Full).render().unwrap()
    }

    #[test]
    fn north_is_up_and_east_is_right() {
        let projection = Projection::fitting(&[(42.7, 23.3), (51.5, -0.1)], 100.0, 100.0);
        let ((sofia_x, sofia_y), (london_x, london_y)) =
            (projection.point((42.7, 23.3)), projection.point((51.5, -0.1)));
        assert!(sofia_x > london_x && sofia_y > london_y);
        for value in [sofia_x, sofia_y, london_x, london_y] {
            assert!((0.0..=100.0).contains(&value), "{value}");
        }
    }

    #[test]
    fn two_nodes_in_one_street_keep_their_titles_and_do_not_write_over_each_other() {
        let picture = draw(&[node("Sofia", 42.7, 23.32, 9), node("Annexe", 42.7, 23.32, 3)]);
        assert_eq!(picture.matches("<title>").count(), 2);
        assert!(picture.contains(">Sofia</text>") && !picture.contains(">Annexe</text>"));
        let lone = draw(&[node("Sofia", 42.7, 23.32, 0)]);
        assert!(lone.contains("tone-quiet"));
    }

    #[test]
    fn a_map_of_nothing_is_a_map_of_the_world() {
        assert!(draw(&[]).contains("60° E"));
    }
}
