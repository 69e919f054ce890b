//! Courses, sessions, attendance and certificates.

use dugnad_door::{Call, Role, Within as _, field, local, page};
use dugnad_events::{Code, SessionId, volunteers::Event};
use dugnad_proto::volunteers::v1 as pb;
use jiff::{SignedDuration, Timestamp};
use tonic::Status;
use uuid::Uuid;

use super::{COORDINATOR, Door, own_or, paged, read, show, unexpected};
use crate::model::{State, standing::Command};

/// A session that is not over began at most this long ago.
const LONGEST: SignedDuration = SignedDuration::from_hours(31 * 24);

impl Door {
    pub(super) async fn set_course(
        &self,
        call: &Call,
        request: pb::SetCourseRequest,
    ) -> Result<pb::SetCourseResponse, Status> {
        call.must_be(COORDINATOR)?;
        let course = field::required("course", request.course.as_ref())?;
        let (course, nb, en, months) = read::course(course).within("course")?;
        let command = Command::SetCourse { course, nb, en, months };
        self.change(call, &request.request_id, command).await?;
        // Accepted, now or the first time, is what the request holds.
        Ok(pb::SetCourseResponse { course: request.course })
    }

    pub(super) async fn list_courses(
        &self,
        call: &Call,
        request: pb::ListCoursesRequest,
    ) -> Result<pb::ListCoursesResponse, Status> {
        let (query, size) = ("ListCourses", page::size(request.page_size)?);
        let after = page::after::<Code>(&request.page_token, &query)?;
        let look = move |state: &State, _| {
            let courses = state.standing.list_courses(after.as_ref()).take(size + 1);
            Ok(courses.map(|(name, it)| (name.clone(), show::course(name, it))).collect())
        };
        let (courses, next_page_token) = paged(self.look(call, look).await?, size, &query);
        Ok(pb::ListCoursesResponse { courses, next_page_token })
    }

    pub(super) async fn create_session(
        &self,
        call: &Call,
        request: pb::CreateSessionRequest,
    ) -> Result<pb::CreateSessionResponse, Status> {
        call.must_be(COORDINATOR)?;
        let id = field::request_id(&request.request_id)?;
        let session = field::required("session", request.session.as_ref())?;
        let course = read::code("course", &session.course, "courses").within("session")?;
        let (span, capacity) = read::session(session).within("session")?;
        let command = Command::PlanSession { course, span, capacity };
        let events = self.execute(call, id, command).await?;
        let [Event::SessionSet { session, course, span, capacity }] = &*events else {
            return Err(unexpected());
        };
        let session = Some(show::session(*session, course, *span, *capacity));
        Ok(pb::CreateSessionResponse { session })
    }

    pub(super) async fn update_session(
        &self,
        call: &Call,
        request: pb::UpdateSessionRequest,
    ) -> Result<pb::UpdateSessionResponse, Status> {
        call.must_be(COORDINATOR)?;
        let wanted = field::required("session", request.session.as_ref())?;
        let session: SessionId = field::name("name", &wanted.name).within("session")?;
        let (span, capacity) = read::session(wanted).within("session")?;
        let command = Command::ChangeSession { session, span, capacity };
        self.change(call, &request.request_id, command).await?;
        // The course stays as it is.
        let course =
            self.look(call, move |state, _| Ok(state.standing.session(session)?.course.clone()));
        let session = Some(show::session(session, &course.await?, span, capacity));
        Ok(pb::UpdateSessionResponse { session })
    }

    pub(super) async fn list_sessions(
        &self,
        call: &Call,
        request: pb::ListSessionsRequest,
    ) -> Result<pb::ListSessionsResponse, Status> {
        let of = Some(&request.course).filter(|course| !course.is_empty());
        let of = of.map(|course| read::code("course", course, "courses")).transpose()?;
        let (past, people) = (request.show_past, call.role == Role::Coordinator);
        let query = ("ListSessions", &of, past);
        let size = page::size(request.page_size)?;
        let after = page::after::<(Timestamp, SessionId)>(&request.page_token, &query)?;
        let only = of.clone();
        let look = move |state: &State, now: Timestamp| {
            let earliest = now.saturating_sub(LONGEST).unwrap_or(Timestamp::MIN);
            let from = (!past).then_some((earliest, SessionId(Uuid::nil())));
            let sessions = state.standing.list_sessions(after.max(from));
            let sessions = sessions
                .filter(|(_, it)| past || it.span.end() > now)
                .filter(|(_, it)| only.as_ref().is_none_or(|only| it.course == *only));
            let key = |id, start| (start, id);
            let shown = sessions.take(size + 1);
            Ok(shown
                .map(|(id, it)| (key(id, it.span.start()), show::listed(id, it, people)))
                .collect())
        };
        let (sessions, next_page_token) = paged(self.look(call, look).await?, size, &query);
        Ok(pb::ListSessionsResponse { sessions, next_page_token })
    }

    pub(super) async fn join_session(
        &self,
        call: &Call,
        request: pb::JoinSessionRequest,
    ) -> Result<pb::JoinSessionResponse, Status> {
        let person = read::person("person", &request.person)?;
        own_or(call, person, COORDINATOR)?;
        let session = field::name("session", &request.session)?;
        let command = Command::JoinSession { session, person, joined: !request.leave };
        self.change(call, &request.request_id, command).await?;
        Ok(pb::JoinSessionResponse {})
    }

    pub(super) async fn record_attendance(
        &self,
        call: &Call,
        request: pb::RecordAttendanceRequest,
    ) -> Result<pb::RecordAttendanceResponse, Status> {
        call.must_be(COORDINATOR)?;
        let person = read::person("person", &request.person)?;
        let session = field::name("session", &request.session)?;
        let command = Command::RecordAttendance { session, person, came: request.came };
        self.change(call, &request.request_id, command).await?;
        Ok(pb::RecordAttendanceResponse {})
    }

    pub(super) async fn issue_certificate(
        &self,
        call: &Call,
        request: pb::IssueCertificateRequest,
    ) -> Result<pb::IssueCertificateResponse, Status> {
        call.must_be(COORDINATOR)?;
        let id = field::request_id(&request.request_id)?;
        let person = read::person("person", &request.person)?;
        let passed = read::passed(&request)?;
        let until = local::maybe_date("end_date", &request.end_date)?;
        let command = Command::IssueCertificate { person, passed, until };
        let events = self.execute(call, id, command).await?;
        let certificate = events.first().and_then(|event| match event {
            Event::CertificateIssued { course, on, until, .. } => {
                Some(show::certificate(course, *on, *until))
            }
            _ => None,
        });
        Ok(pb::IssueCertificateResponse { certificate })
    }

    pub(super) async fn revoke_certificate(
        &self,
        call: &Call,
        request: pb::RevokeCertificateRequest,
    ) -> Result<pb::RevokeCertificateResponse, Status> {
        call.must_be(COORDINATOR)?;
        let person = read::person("person", &request.person)?;
        let course = read::code("course", &request.course, "courses")?;
        let command = Command::RevokeCertificate { person, course };
        self.change(call, &request.request_id, command).await?;
        Ok(pb::RevokeCertificateResponse {})
    }
}
