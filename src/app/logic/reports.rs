//! What jobs report, and how they end.

use crate::analysis::FrameSet;
use crate::app::App;
use crate::app::work::{Kind, Message};
use crate::jobs::Ending;
use std::sync::Arc;

impl App {
    pub(super) fn receive(&mut self, message: Message) {
        match message {
            Message::Opened(opened) => self.adopt(*opened),
            Message::Frame(frame) => self.state.arriving.frames.push(frame),
            Message::Sampled(sampled) => {
                let (frames, sampling, warnings) = *sampled;
                self.sampled(frames, sampling, warnings);
            }
            Message::Joined(companion, other) => self.joined(companion, other),
            Message::Companion(folder, company) => {
                if let Some(project) = &mut self.state.project {
                    project.company.insert(folder, company);
                }
            }
            Message::Company(folder, frames) => {
                self.state.company_frames.insert(folder, frames);
            }
            Message::Captions(read) => {
                let (track, source, language) = *read;
                self.take_captions(track, source, language);
            }
            Message::Words(words) => {
                self.state.word_warnings = words.warnings;
                self.state.words_found = Some((words.share, words.source));
                self.state.word_shape = Some([words.dimension, words.longest]);
            }
            Message::Training(event) => self.training_event(event),
            Message::Began(name) => self.training_began(name),
            Message::Trained(run) => self.trained(*run),
            Message::Runs(runs) => self.runs_listed(runs),
            Message::History(run, snapshots) => self.history_read(&run, snapshots),
            Message::Map(run, epoch, map) => {
                if self.state.history.run == run {
                    self.state.history.maps.insert(epoch, map);
                }
            }
            Message::Network(run, network) => self.network_opened(&run, network),
            Message::Decoded(decoded) => self.state.latent.take(*decoded),
            Message::Journaled => self.journal_kept(),
            Message::KnownWords(known) => {
                self.state.cues.known = known;
                self.prepared = None;
            }
            Message::Exported(what, path) => {
                self.state.said = Some(format!("{what}: written to {}", path.display()));
            }
            Message::Methods(of, text) => self.state.methods = Some((of, text)),
            Message::Swept(found) => self.swept(&found.0, found.1),
            Message::Principal(run, found) => {
                if self.state.is_of_run(&run) {
                    self.state.scatter.principal = Some(found);
                }
            }
            Message::LiveMap(run, points) => {
                if self.state.is_of_run(&run) {
                    self.state.scatter.live = Some(points);
                }
            }
            Message::Mapped(run, map) => self.mapped(&run, map),
            Message::Losses(run, losses) => {
                if self.state.is_of_run(&run) {
                    self.state.scatter.losses = Some(losses);
                }
            }
            Message::Described(run, pair, description) => self.described(&run, pair, *description),
            Message::Said(cluster, piece) => self.said(cluster, &piece),
            Message::Written(run, members, told) => self.written(&run, &members, told.map(|tags| *tags)),
            Message::Supported(run, tags) => {
                let same = self.state.is_of_run(&run);
                if let Some(run) = self.state.run_mut().filter(|_| same) {
                    run.support_tags(tags);
                    self.changed();
                }
            }
            Message::Fetching(id, progress) => self.fetching(id, progress),
            Message::Heard(segment) => self.state.hearing.segments.push(*segment),
            Message::Transcript(heard) => {
                let (track, warnings) = *heard;
                self.transcribed(track, warnings);
            }
            Message::Fetcher(program) => self.state.linked.program = Some(program),
            Message::Listed(listing) => self.listed(*listing),
            Message::Thumbnail(picture) => self.state.linked.thumbnail = Some(Arc::new(*picture)),
            Message::FetchingVideo(progress) => self.state.linked.progress = Some(progress),
            Message::FetchedVideo(fetched) => self.fetched_video(*fetched),
            Message::Offered(models) => self.offered(models),
            Message::Other(other) => self.other_opened(*other),
            Message::Compared(folder, compared) => self.compared(&folder, *compared),
            Message::Topic(topic, matrix) => self.state.telling.matrix = Some((topic, matrix)),
            Message::ProjectsFound(folder, found) => self.projects_found(&folder, found),
            Message::Library(entries) => self.state.telling.library = entries,
            Message::Models(models) => self.state.models = models,
            Message::Figures(run, figures) => self.figured(&run, figures),
            Message::Silhouettes(revision, means, each) => {
                if revision == self.state.board.revision {
                    for (card, mean) in self.state.board.cards.iter_mut().zip(means) {
                        card.silhouette = Some(mean);
                    }
                    self.state.scatter.silhouettes = Some((revision, each));
                }
            }
            Message::Split(revision, part) => self.split(revision, &part),
            Message::Centroids(revision, told) => {
                if revision == self.state.board.revision {
                    self.state.board.centroids = Some(told);
                }
            }
            Message::Tagged(name, labels, tags) => {
                let run = self.state.run_mut();
                if let Some(run) = run.filter(|run| run.name == name)
                    && run
                        .assignment
                        .as_ref()
                        .is_some_and(|chosen| chosen.labels == labels)
                {
                    // Tags may have been written or changed while the words were counted.
                    run.tags = tags.clone();
                    run.recall_tags();
                    run.support_tags(tags);
                    self.changed();
                }
            }
            Message::Previews(file, texts) => self.state.previews = Some((file, texts)),
            Message::Sound(Ok(survey)) => self.state.sound.survey = Some(survey),
            Message::Sound(Err(why)) => self.state.sound.without = Some(why),
            Message::Shots(shots) => self.state.sound.shots = Some(shots),
            Message::Speech(speech) => {
                self.state.sound.speech = Some(speech);
                self.hear();
            }
            Message::Proposal(proposal, of) => self.proposed(*proposal, of),
            Message::Fitted(fit, of) => self.fitted(*fit, of),
            Message::KeptFit(fit) => self.state.pictures.fit = Some(Arc::new(*fit)),
            Message::Surprises(curve) => self.state.surprises.take(*curve),
            Message::FoundFrames(sentence, found) => self.found_frames(sentence, found),
            Message::Doubts(doubts, anchors) => self.doubted(doubts, anchors),
            Message::Spread(unit, track, of) => self.spread_out(unit, *track, of),
            Message::Saved(revision) => self.saved(revision),
            Message::Picked(action) => self.actions.push(action),
            Message::Device(text, no_cuda) => (self.state.device, self.state.no_cuda) = (text, no_cuda),
        }
    }

    pub(super) fn ended(&mut self, kind: Kind, ending: &Ending) {
        let compared = self.state.comparison.as_ref().filter(|_| kind == Kind::Train);
        let compared = compared.map(crate::app::state::Comparison::text);
        match kind {
            Kind::Train => self.training_ended(),
            // Captions that waited for a video which cannot be opened are not those of the next one.
            Kind::Open if *ending != Ending::Done => self.captions_waiting = None,
            Kind::Write => self.state.tagging.saying = None,
            Kind::Fetch => {
                self.state.fetching = None;
                self.list_models();
            }
            // What the frames show supports the tags that are there.
            Kind::Describe => self.support_tags(),
            Kind::Sample => {
                self.state.arriving = FrameSet::default();
                if *ending != Ending::Done {
                    // Pictures of a sampling that was not finished must not stand beside the pairs of another.
                    self.thumbnails.clear();
                }
            }
            _ => {}
        }
        if *ending == Ending::Done {
            self.state.notices.retain(|notice| notice.about != Some(kind));
        }
        let is_told = match kind {
            Kind::Shelf | Kind::Fetch => self.models_ended(ending),
            Kind::Fetcher | Kind::Link | Kind::Video => self.link_ended(kind, ending),
            Kind::Hear => self.hearing_ended(ending),
            _ => false,
        };
        if let Ending::Failed(why) = ending
            && !is_told
        {
            let what = compared.as_deref().unwrap_or(kind.title());
            self.state.notice(format!("{what} failed: {why}"), true);
            if let Some(notice) = self.state.notices.last_mut() {
                // The next training of a comparison says nothing of this one.
                notice.about = Some(kind).filter(|_| compared.is_none());
            }
            match kind {
                Kind::Save => self.saving_failed(why),
                Kind::Journal => self.journal_refused(),
                _ => {}
            }
        }
    }
}
