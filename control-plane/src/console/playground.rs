//! The playground: an editor that shows what its template would make. Everything it does goes through the session's JSON
//! routes; this is only the page.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::page::{Section, Shell, page};
use super::viewer::Viewer;

/// What stands in the editor at first: it needs no file.
const STARTER: &str = include_str!("starter.json");

#[derive(Template)]
#[template(path = "playground.html")]
struct PlaygroundPage {
    shell: Shell,
    starter: &'static str,
}

/// Shows the playground.
pub(super) async fn show(viewer: Viewer) -> Response {
    let shell = Shell::new("Playground", Section::Playground, viewer);
    page(StatusCode::OK, &PlaygroundPage { shell, starter: STARTER.trim_end() })
}

#[cfg(test)]
mod tests {
    use avs_template::{OutputSpec, Pointer, Template, Timeline};

    use super::STARTER;

    #[test]
    fn the_first_template_is_in_order_and_needs_no_file() {
        let json = serde_json::from_str(STARTER).unwrap();
        let template = Template::from_value(&json, &Pointer::root()).unwrap();
        assert_eq!(template.sources().count(), 0);
        let output = OutputSpec::from_value(&serde_json::Value::Null, &Pointer::root()).unwrap();
        let timeline = Timeline::new(&template, &std::collections::BTreeMap::default(), &output).unwrap();
        assert_eq!((timeline.frame_count, timeline.warnings.len()), (180, 0));
    }
}
