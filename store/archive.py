"""Everything about one case in one archive: its rows, documents, uploads and audit entries, an index with hashes."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from hashlib import sha256
from io import BytesIO, StringIO
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.audit import AuditEntry, canonical
from domain.base import Frozen
from domain.errors import Refused
from store.acts import SEALED, UPLOADED
from store.archive_records import Rows, kept_texts, records_of
from store.audit import entries
from store.tables import METADATA, AttachmentRow, CaseRow, DocumentRow

EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the time of day of an archive would change its bytes
ENDINGS: Final = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
HASH: Final = re.compile(r"\b[0-9a-f]{64}\b")
RULED: Final = ("records/case.jsonl", "records/case_event.jsonl")  # where a case says by which rules it went
WHAT: Final = {
    "case": "案件当前状态（snapshot 为完整快照，含账户事实）", "case_event": "案件事件，按序号，只增不改",
    "command_attempt": "被拒绝的指令", "contact": "联系记录", "delivery": "函件投递与回执", "recording": "录音元数据",
    "register": "登记簿", "cost": "费用", "account": "账户", "instalment": "还款计划", "posting": "资金流水",
    "party": "当事人", "call": "通话", "visit": "上门", "waiver": "减免", "complaint": "投诉", "report": "报表",
    "meeting": "会议", "meeting_decision": "会议决议", "delegation": "授权", "staff": "经办人员",
    "customer_mark": "客户标记",
    "write_off": "核销", "write_off_verdict": "核销审批", "suspense": "暂收款", "suspense_act": "暂收款处理",
    "legal_hold": "法律保全", "agency_placement": "委外", "agency": "委外机构", "evidence_paper": "证据材料",
    "blacklist": "黑名单", "preference": "联系意愿", "survey": "满意度问卷", "suit": "诉讼", "violation": "违规记录",
}  # fmt: skip
README: Final = """案件 {case_no} 归档
================

本压缩包包含该案件在记录中的全部内容，供审计使用，包含个人信息，请妥善保管。

records/      各数据表中属于本案或本案账户的记录，每行一个 JSON 对象；时间为 UTC，金额单位为元
commands.jsonl  每条指令：由谁、以何角色、依何权限、产生了哪些事件
documents/    本案文件：PDF 原件与生成时的内容（JSON）
uploads/      作为证据上传的文件；录音只列出其哈希
rules/        本案适用过的制度与公司参数原文，文件名即其 SHA-256
audit.jsonl   本案的审计条目：逐条哈希与封印，并逐行对应 records/ 中的记录
chain.jsonl   （以 --chain 导出时）完整审计链，用以证明条目的位置与连续
index.csv     上述全部文件的清单：说明、字节数、SHA-256
index.json    同上，供程序读取

离线核验：arrears audit verify {case_no}.zip --key audit.key（无需数据库）

同一状态两次导出的压缩包逐字节相同。案件状态截至事件 {seq}（{at}）。
"""


class Listed(Frozen):
    """A file of the archive. size: bytes; sha256: hex."""

    name: str
    what: str
    size: int
    sha256: str


def archive_of(session: Session, case_no: str, chain: bool = False) -> bytes:
    """A zip of everything that is kept about a case; the same bytes for the same state. Refused "unknown_case".

    chain: with all entries of the audit log, also those of other cases, so that the chain is checked without us.
    """
    case = session.get(CaseRow, case_no)
    if case is None:
        raise Refused("unknown_case", f"There is no case {case_no}.", "Check the case number.")
    records = records_of(session, case)
    files = {f"records/{name}.jsonl": (WHAT.get(name, name), _lines(rows)) for name, rows in records.items()}
    files["commands.jsonl"] = ("指令", _lines(_commands(session, case_no)))
    log = entries(session, _subjects(case, records))
    files["audit.jsonl"] = ("审计条目", _written(log))
    if chain:
        files["chain.jsonl"] = ("完整审计链", _written(entries(session)))
    files |= _documents(session, case_no, {row["number"] for row in records.get("delivery", ())})
    named = {digest for name in RULED for digest in HASH.findall(files.get(name, ("", b""))[1].decode())}
    files |= {f"rules/{kind}-{digest}.yaml": (kind, text.encode())
              for digest, (kind, text) in kept_texts(session, named).items()}  # fmt: skip
    mentioned = {found for _, content in files.values() for found in UPLOADED.findall(content.decode("latin-1"))}
    files |= _uploads(session, mentioned)
    at = max((row["at"] for row in records.get("case_event", ())), default="")
    files["README.txt"] = ("说明", README.format(case_no=case_no, seq=case.seq, at=at).encode())
    return _zip({**files, **_index(files)})


def _subjects(case: CaseRow, records: Rows) -> list[str]:
    """What the audit entries that concern the case call it; and the tables, for what was there before the log."""
    rows = {(row[table.subject]) for name, table in SEALED.items() for row in records.get(name, ())}
    return sorted({case.case_no, case.account_no, *rows, *SEALED} - {""})


def _written(log: Iterable[AuditEntry]) -> bytes:
    return "".join(f"{entry.model_dump_json()}\n" for entry in log).encode()


def _commands(session: Session, case_no: str) -> list[dict[str, Any]]:
    table = METADATA.tables["case_event"]
    c = table.c
    query = select(c.command_id, c.seq, c.kind, c.at, c.actor_user, c.actor_role, c.authority)
    found: dict[str, dict[str, Any]] = {}
    for row in session.execute(query.where(c.case_no == case_no, c.command_id.is_not(None)).order_by(c.seq)).mappings():
        who = {name: row[name] for name in ("command_id", "at", "actor_user", "actor_role", "authority")}
        found.setdefault(row["command_id"], {**who, "events": []})["events"].append([row["seq"], row["kind"]])
    return list(found.values())


def _documents(session: Session, case_no: str, shared: set[str]) -> dict[str, tuple[str, bytes]]:
    d = DocumentRow
    found: dict[str, tuple[str, bytes]] = {}
    query = select(col(d.number), col(d.kind), col(d.pdf), col(d.content))
    query = query.where(or_(col(d.case_no) == case_no, col(d.number).in_(shared)))
    kept = query.where(col(d.pdf) != b"")  # what was destroyed stands in records/ with its hash
    for number, kind, pdf, content in session.execute(kept.order_by(col(d.number))):
        found[f"documents/{number}.pdf"] = (kind, pdf)
        found[f"documents/{number}.json"] = (f"{kind}: 内容", content.encode())
    return found


def _uploads(session: Session, mentioned: Iterable[str]) -> dict[str, tuple[str, bytes]]:
    a = AttachmentRow
    query = select(col(a.id), col(a.media_type), col(a.name), col(a.content)).where(col(a.id).in_(sorted(mentioned)))
    return {
        f"uploads/{name}.{ENDINGS.get(media, 'bin')}": (given or "上传文件", content)
        for name, media, given, content in session.execute(query.order_by(col(a.id)))
    }


def _index(files: Mapping[str, tuple[str, bytes]]) -> dict[str, tuple[str, bytes]]:
    listed = [
        Listed(name=name, what=what, size=len(content), sha256=sha256(content).hexdigest())
        for name, (what, content) in sorted(files.items())
    ]
    table = StringIO()
    writer = csv.writer(table)
    writer.writerow(("文件", "说明", "字节数", "SHA-256"))
    writer.writerows((one.name, one.what, one.size, one.sha256) for one in listed)
    told = json.dumps([one.model_dump() for one in listed], ensure_ascii=False, indent=1)
    return {"index.csv": ("清单", table.getvalue().encode("utf-8-sig")), "index.json": ("清单", told.encode())}


def _zip(files: Mapping[str, tuple[str, bytes]]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, (_, content) in sorted(files.items()):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return out.getvalue()


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(f"{canonical(dict(row))}\n" for row in rows).encode()
