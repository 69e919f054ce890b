//! The words of notices: listed, replaced, tried out.

use dugnad_door::{Call, Invalid, Within as _, field};
use dugnad_events::{Code, NoticeId};
use dugnad_proto::notices::v1 as pb;
use tonic::Status;

use super::{Api, COORDINATOR, DESK, read, refused, show};
use crate::{
    model::{Command, Refusal, State, template},
    render,
};

impl Api {
    pub(super) async fn list_templates(
        &self,
        call: &Call,
        _: pb::ListTemplatesRequest,
    ) -> Result<pb::ListTemplatesResponse, Status> {
        call.must_be(DESK)?;
        let look = |state: &State, _| {
            let kinds = template::kinds().iter();
            kinds.filter_map(|it| Some(shown(state, &it.code.parse().ok()?))).collect()
        };
        let templates = self.desk.look(call, look).await?;
        let owned = |fields: &[&str]| fields.iter().map(ToString::to_string).collect();
        Ok(pb::ListTemplatesResponse {
            templates,
            open_fields: owned(&template::OPEN_FIELDS),
            body_fields: owned(&template::BODY_FIELDS),
        })
    }

    pub(super) async fn set_template(
        &self,
        call: &Call,
        request: pb::SetTemplateRequest,
    ) -> Result<pb::SetTemplateResponse, Status> {
        call.must_be(COORDINATOR)?;
        let id = field::request_id(&request.request_id)?;
        let (template, texts) = read::template(request.template.as_ref())?;
        let command = Command::SetTemplate { template: template.clone(), texts };
        self.desk.execute(call, id, command).await?;
        let look = move |state: &State, _| shown(state, &template);
        Ok(pb::SetTemplateResponse { template: Some(self.desk.look(call, look).await?) })
    }

    pub(super) async fn preview_template(
        &self,
        call: &Call,
        request: pb::PreviewTemplateRequest,
    ) -> Result<pb::PreviewTemplateResponse, Status> {
        call.must_be(COORDINATOR)?;
        let notice: NoticeId = field::name("notice", &request.notice)?;
        let text = field::required("text", request.text.as_ref())?;
        let (language, text) = read::text(text).within("text")?;
        let look = move |state: &State, now| {
            let kind = template::kind(&state.notices.get(&notice)?.facts.template)?;
            let checked = template::check(kind, &text);
            Some(checked.map(|()| render::preview(state, notice, &text, language, now)))
        };
        let unknown = || refused(Refusal::NotFound(notice.to_string()));
        let checked = self.desk.look(call, look).await?.ok_or_else(unknown)?;
        let filled = checked.map_err(|problem| Invalid::new("text", problem))?;
        let text = filled.ok_or_else(unknown)?;
        let segments = template::segments(&text.sms);
        Ok(pb::PreviewTemplateResponse {
            subject: text.subject,
            sms: text.sms,
            body: text.body,
            sms_segments: i32::try_from(segments.count).unwrap_or(i32::MAX),
            sms_gsm: segments.gsm7,
        })
    }
}

fn shown(state: &State, code: &Code) -> pb::Template {
    let texts = template::LANGUAGES.into_iter().filter_map(|language| {
        let (version, text) = state.text(code, language)?;
        let language = template::name(language).to_owned();
        let (subject, sms, body) = (text.subject, text.sms, text.body);
        Some(pb::Text { language, version, subject, sms, body })
    });
    pb::Template {
        code: code.to_string(),
        texts: texts.collect(),
        answers: show::answers(template::answers(code)),
    }
}
