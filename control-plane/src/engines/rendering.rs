//! A render under way: how far it is, what came of it, and when it counts as stuck.

use std::path::Path;

use avs_protocol::{AssetFile, Command, Event, JobRef, RenderReport, RenderStep};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::questions::QuestionError;
use super::session::Engine;
use crate::limits;

/// A video to be made.
#[derive(Debug)]
pub struct RenderDesc<'a> {
    /// Whose video it is.
    pub job: JobRef,
    /// The document, as the caller sent it or the creator made it.
    pub template: &'a Value,
    /// The `output` of the request.
    pub output: &'a Value,
    /// Where the MP4 goes.
    pub out_path: &'a Path,
}

/// A render under way.
pub struct Rendering<'a> {
    engine: &'a mut Engine,
    job: JobRef,
    /// The furthest that was heard of.
    seen: Option<(RenderStep, u64)>,
    stalled_at: Instant,
}

/// What is heard of a render.
#[derive(Debug)]
pub enum Heard {
    /// [`Event::Progress`].
    Progress(Event),
    /// The video is there.
    Completed(RenderReport),
}

impl Engine {
    /// Has a video made: the last thing asked of an engine.
    ///
    /// # Errors
    /// [`QuestionError::Gone`].
    pub async fn render(
        &mut self,
        wanted: RenderDesc<'_>,
        assets: Vec<AssetFile>,
    ) -> Result<Rendering<'_>, QuestionError> {
        let RenderDesc { job, template, output, out_path } = wanted;
        let render = Command::Render {
            job: job.clone(),
            template: template.clone(),
            output: output.clone(),
            assets,
            out_path: out_path.to_string_lossy().into_owned(),
        };
        self.send(render).await?;
        Ok(Rendering {
            engine: self,
            job,
            seen: None,
            stalled_at: Instant::now() + limits::RENDER_STALL_WAIT,
        })
    }
}

impl Rendering<'_> {
    /// Waits for news. An engine that says the same again and again makes no progress.
    ///
    /// # Errors
    /// [`QuestionError`]; [`QuestionError::Stuck`] after [`limits::RENDER_STALL_WAIT`] without progress.
    pub async fn next(&mut self) -> Result<Heard, QuestionError> {
        let event = timeout_at(self.stalled_at, self.engine.next()).await;
        match event.map_err(|_elapsed| QuestionError::Stuck)?? {
            Event::Progress { job, .. } if job != self.job => Err(QuestionError::OutOfTurn),
            event @ Event::Progress { step, frames_done, .. } => {
                if self.seen.replace((step, frames_done)) != Some((step, frames_done)) {
                    self.stalled_at = Instant::now() + limits::RENDER_STALL_WAIT;
                }
                Ok(Heard::Progress(event))
            }
            Event::Completed { job, report } if job == self.job => Ok(Heard::Completed(report)),
            Event::Failed { job, failure } if job == self.job => Err(QuestionError::Failed(failure)),
            _ => Err(QuestionError::OutOfTurn),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::mpsc;
    use tokio::time::sleep;

    use super::*;

    fn job(id: &str) -> JobRef {
        JobRef { job_id: id.to_owned(), attempt: 1 }
    }

    fn progress(id: &str, step: RenderStep, frames_done: u64) -> Event {
        Event::Progress { job: job(id), step, frames_done, frames_total: 100, frames_per_second: 1.0 }
    }

    /// What is heard at last of an engine that says these, each after so long, and lives on.
    async fn heard_of(said: Vec<(Duration, Event)>) -> Result<Event, QuestionError> {
        let ((commands, _commands), (events_tx, events)) = (mpsc::channel(1), mpsc::channel(1));
        let mut engine = Engine::of_channels(commands, events);
        let talk = async {
            for (wait, event) in &said {
                sleep(*wait).await;
                events_tx.send(event.clone()).await.unwrap();
            }
            std::future::pending::<()>().await;
        };
        let listen = async {
            let wanted = RenderDesc {
                job: job("a"),
                template: &Value::Null,
                output: &Value::Null,
                out_path: Path::new(""),
            };
            let mut rendering = engine.render(wanted, Vec::new()).await?;
            let mut left = said.len();
            loop {
                let Heard::Progress(event) = rendering.next().await? else { unreachable!("nobody said so") };
                left -= 1;
                if left == 0 {
                    return Ok(event);
                }
            }
        };
        tokio::select! {
            heard = listen => heard,
            () = talk => unreachable!("it lives on"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_render_that_goes_on_is_not_stuck_however_slow_it_is() {
        let almost = limits::RENDER_STALL_WAIT - Duration::from_secs(1);
        let said = vec![
            (almost, progress("a", RenderStep::Preparing, 0)),
            (almost, progress("a", RenderStep::Encoding, 0)),
            (almost, progress("a", RenderStep::Encoding, 1)),
            (almost, progress("a", RenderStep::Encoding, 2)),
        ];
        assert_eq!(heard_of(said).await.unwrap(), progress("a", RenderStep::Encoding, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn to_say_the_same_again_is_no_progress() {
        let often = Duration::from_secs(10);
        let said = vec![(often, progress("a", RenderStep::Encoding, 7)); 40];
        let started_at = Instant::now();
        assert!(matches!(heard_of(said).await, Err(QuestionError::Stuck)));
        assert_eq!(started_at.elapsed(), often + limits::RENDER_STALL_WAIT);
    }

    #[tokio::test(start_paused = true)]
    async fn progress_of_another_job_is_out_of_turn() {
        let said = vec![(Duration::ZERO, progress("b", RenderStep::Encoding, 1))];
        assert!(matches!(heard_of(said).await, Err(QuestionError::OutOfTurn)));
    }
}
