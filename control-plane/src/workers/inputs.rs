//! The input files of a job, brought to where an engine can read them: from the bucket, or from where a URL leads.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use avs_protocol::{AssetFile, AssetRole};
use avs_template::{Pointer, Template};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _};
use serde_json::Value;

use super::Workshop;
use super::attempt::Fault;
use super::recordings::{Recordings, UnpackError, unpack};
use crate::domain::fingerprint::Fingerprint;
use crate::domain::job::{FieldError, Job, JobError, Mode};
use crate::domain::media_kind::{HEAD_BYTES, MediaKind, assumed_kind_from_head, is_screen_recording};
use crate::fetch::FetchError;
use crate::limits;
use crate::store::{AssetRecord, Ending, Project};

/// What the template says about one of its files.
struct Use {
    pointer: String,
    is_font: bool,
    optional: bool,
}

/// The template's word on each file that it names, by key.
pub(super) struct Uses(BTreeMap<String, Use>);

impl Uses {
    /// Reads them from a template. One that is not valid names nothing; the engine will say why it is not.
    pub(super) fn of_template(template: &Value) -> Self {
        let mut uses: BTreeMap<String, Use> = BTreeMap::new();
        let Ok(template) = Template::from_value(template, &Pointer::root()) else { return Self(uses) };
        for (pointer, source) in template.sources() {
            let optional = template.can_do_without(source.key());
            let is_font = template.fonts.iter().any(|font| font.source.key() == source.key());
            uses.entry(source.key().to_owned()).or_insert(Use { pointer, is_font, optional });
        }
        Self(uses)
    }

    pub(super) fn names(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn is_optional(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|found| found.optional)
    }
}

impl Workshop {
    /// Brings every input of a job here; returns what is known of them now.
    ///
    /// # Errors
    /// [`Fault::Final`] where a URL leads to nothing usable and the template cannot do without.
    pub(super) async fn bring_inputs(&self, job: &Job, project: &Project) -> Result<Vec<AssetRecord>, Fault> {
        let uploads: Vec<&str> =
            project.assets.iter().filter(|asset| !asset.remote).map(|asset| asset.file.as_str()).collect();
        self.objects.bring_inputs(&job.id, &uploads).await?;
        self.fetch_inputs(job, project).await
    }

    /// Fetches what URLs lead to; uploads must be here.
    ///
    /// # Errors
    /// As [`Self::bring_inputs`].
    pub(super) async fn fetch_inputs(&self, job: &Job, project: &Project) -> Result<Vec<AssetRecord>, Fault> {
        let uses = Uses::of_template(&project.template);
        if project.assets.iter().any(|asset| asset.remote) {
            tokio::fs::create_dir_all(self.objects.local().assets_dir(&job.id)).await?;
        }
        // Those under way at once each see what was left when they began: a few files more than allowed, at worst.
        let left_bytes = AtomicU64::new(limits::FETCHED_BYTES_MAX);
        // Boxed: the compiler cannot see that a stream of borrowing futures may cross threads.
        let fetched: Vec<BoxFuture<'_, _>> = project
            .assets
            .iter()
            .map(|asset| self.bring_input(job, asset, (&uses, &left_bytes)).boxed())
            .collect();
        futures_util::stream::iter(fetched).buffered(limits::FETCHES_AT_ONCE_MAX).try_collect().await
    }

    async fn bring_input(
        &self,
        job: &Job,
        asset: &AssetRecord,
        (uses, left_bytes): (&Uses, &AtomicU64),
    ) -> Result<AssetRecord, Fault> {
        let path = self.objects.local().assets_dir(&job.id).join(&asset.file);
        if !asset.remote || (asset.sha256.is_some() && tokio::fs::try_exists(&path).await?) {
            return Ok(asset.clone());
        }
        // What an attempt before this one has left may be half a file.
        tokio::fs::remove_file(&path).await.ok();
        let bytes_max = self.source_bytes_max.min(left_bytes.load(Ordering::Relaxed));
        match self.downloader.fetch(&asset.name, &path, bytes_max).await {
            Ok(fetched) => {
                let left = left_bytes.load(Ordering::Relaxed).saturating_sub(fetched.size_bytes);
                left_bytes.store(left, Ordering::Relaxed);
                let sha256 = Some(hex::encode(fetched.sha256));
                Ok(AssetRecord { size_bytes: fetched.size_bytes, sha256, ..asset.clone() })
            }
            Err(error) if uses.is_optional(&asset.name) => {
                tracing::info!(job = %job.id, code = error.code(), "a file that the template can do without is not there");
                Ok(asset.clone())
            }
            Err(error) => Err(fault_from_fetch(&error, asset)),
        }
    }

    /// Unpacks the screen recordings among the inputs; they must be here.
    ///
    /// # Errors
    /// [`Fault::Final`] where one cannot be used and the template cannot do without.
    pub(super) async fn unpack_recordings(
        &self,
        job: &Job,
        project: &Project,
        assets: &[AssetRecord],
    ) -> Result<Recordings, Fault> {
        let (directory, uses) =
            (self.objects.local().assets_dir(&job.id), Uses::of_template(&project.template));
        let mut recordings = Recordings::default();
        for asset in assets.iter().filter(|asset| is_screen_recording(&asset.name)) {
            let (directory, file, bytes_max) = (directory.clone(), asset.file.clone(), self.source_bytes_max);
            let unpacking = tokio::task::spawn_blocking(move || unpack(&directory, &file, bytes_max)).await;
            match unpacking.map_err(io::Error::other)? {
                Ok(Some(recording)) => recordings.insert(&asset.name, recording),
                Ok(None) => {}
                Err(UnpackError::Disk(error)) => return Err(error.into()),
                Err(error) if uses.is_optional(&asset.name) => {
                    tracing::info!(job = %job.id, %error, "a recording that the template can do without is no good");
                }
                Err(error) => return Err(Fault::Final(Ending::Failed(unpackable(&error, asset)))),
            }
        }
        Ok(recordings)
    }

    /// What an engine is told about the inputs: of a packed recording, what was in it.
    pub(super) fn asset_files(
        &self,
        job: &Job,
        template: &Value,
        (assets, recordings): (&[AssetRecord], &Recordings),
    ) -> Vec<AssetFile> {
        let (directory, uses) = (self.objects.local().assets_dir(&job.id), Uses::of_template(template));
        let path = |file: &str| directory.join(file).to_string_lossy().into_owned();
        let file = |asset: &AssetRecord| {
            let used = uses.0.get(&asset.name);
            // A template says what is a font; a prompt does not, and the engine reads fonts in another way.
            let is_font = used.is_some_and(|used| used.is_font)
                || used.is_none()
                    && job.mode == Mode::Prompt
                    && begins_like_font(&directory.join(&asset.file));
            AssetFile {
                name: asset.name.clone(),
                // Places in the template of a prompt mean nothing to its caller.
                pointer: used
                    .filter(|_| job.mode == Mode::Json)
                    .map_or_else(|| asset.pointer.clone(), |used| used.pointer.clone()),
                path: path(recordings.media_file(&asset.name, &asset.file)),
                role: if is_font { AssetRole::Font } else { AssetRole::Media },
                optional: uses.is_optional(&asset.name),
            }
        };
        // A prompt's creator may use the sound beside a recording; a caller's template cannot name it.
        let sounds = assets.iter().filter(|_| job.mode == Mode::Prompt);
        let sounds = sounds.filter_map(|asset| recordings.get(&asset.name)?.sound.as_deref());
        let sound = |name: &str| AssetFile {
            name: name.to_owned(),
            pointer: String::new(),
            path: path(name),
            role: AssetRole::Media,
            optional: false,
        };
        assets.iter().map(file).chain(sounds.map(sound)).collect()
    }
}

/// False for what cannot be read; who has to read it says why.
fn begins_like_font(path: &Path) -> bool {
    let mut head = [0; HEAD_BYTES];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && assumed_kind_from_head(&head) == MediaKind::Font
}

/// The same work on the same bytes, whoever asks for it: what is remembered of an input that crashes engines.
pub(super) fn input_sha256(project: &Project, assets: &[AssetRecord]) -> String {
    let mut fingerprint = Fingerprint::default();
    fingerprint.add(project.template.to_string());
    fingerprint.add(project.output.to_string());
    fingerprint.add(project.prompt.as_deref().unwrap_or_default());
    for asset in assets {
        fingerprint.add(&asset.name);
        fingerprint.add(asset.sha256.as_deref().unwrap_or_default());
    }
    hex::encode(fingerprint.finish())
}

/// What may be better later is tried again with the next attempt at the job.
fn fault_from_fetch(error: &FetchError, asset: &AssetRecord) -> Fault {
    let message = error.to_string();
    if error.is_retryable() {
        return Fault::Unfetched(Box::new(unfetched(error, asset, message)));
    }
    Fault::Final(Ending::Failed(unfetched(error, asset, message)))
}

fn unfetched(error: &FetchError, asset: &AssetRecord, message: String) -> JobError {
    let code = error.code().to_owned();
    let field = FieldError {
        pointer: asset.pointer.clone(),
        code: code.clone(),
        detail: message.clone(),
        suggestion: None,
    };
    JobError { code, message, retryable: error.is_retryable(), errors: vec![field] }
}

fn unpackable(error: &UnpackError, asset: &AssetRecord) -> JobError {
    let detail = error.to_string();
    let field = FieldError {
        pointer: asset.pointer.clone(),
        code: "invalid_screen_recording".to_owned(),
        detail: detail.clone(),
        suggestion: None,
    };
    let message = format!("the screen recording {} {detail}", asset.name);
    JobError { code: "unreadable_media".to_owned(), message, retryable: false, errors: vec![field] }
}
