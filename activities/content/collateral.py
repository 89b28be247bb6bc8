"""The collateral file as the record has it: papers of assets, guarantors and the contract, there or missing (L6.1d)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from domain.asset import AssetState, FilePaper, asset_papers
from domain.ledger import PartyRole
from store.accounts import parties
from store.assets import assets_of, securing
from store.evidence import EvidencePaper, papers_of
from store.views import Party


def file_papers(session: Session, account_no: str, case_no: str, as_of: date, now: datetime) -> tuple[FilePaper, ...]:
    """The checklist on a day, from facts of assets and papers entered for the case. Personal: names guarantors."""
    known = securing(assets_of(session, account_no))
    return known_papers(known, parties(session, account_no), papers_of(session, case_no, now), as_of)


def known_papers(
    assets: Sequence[AssetState], people: Sequence[Party], papers: Sequence[EvidencePaper], as_of: date
) -> tuple[FilePaper, ...]:
    """The contract, then each asset, then each guarantor and the vendor who guarantees; in this order."""
    found = [_stored("合同原件", [one for one in papers if one.kind == "contract"])]
    found += asset_papers(assets, as_of)
    if not assets:
        found.append(FilePaper(name="租赁物或担保物登记资料", there=False, why="系统未登记任何租赁物或担保物"))
    guarantors = [one for one in people if one.role is PartyRole.GUARANTOR]
    for party in guarantors:
        own = [one for one in papers if one.kind == "guarantee" and _of(one, party, guarantors)]
        found.append(_stored(f"保证合同（{party.name}）", own))
        identity = [one for one in papers if one.kind == "identity" and one.reference == party.id]
        found.append(_stored(f"担保人主体资格及决议文件（{party.name}）", identity))
    for party in people:
        if party.role is PartyRole.VENDOR and party.buyback_guarantee:
            own = [one for one in papers if one.kind == "guarantee" and one.reference == party.id]
            found.append(_stored(f"回购担保协议（{party.name}）", own))
    return tuple(found)


def _of(paper: EvidencePaper, party: Party, guarantors: Sequence[Party]) -> bool:
    return paper.reference == party.id or (not paper.reference and len(guarantors) == 1)


def _stored(name: str, papers: Sequence[EvidencePaper]) -> FilePaper:
    """Not entered as evidence is not the same as missing on paper: people look."""
    if papers:
        return FilePaper(name=name, there=True, why=f"已上传，登记日：{papers[-1].at:%Y-%m-%d}")
    return FilePaper(name=name, there=None, why="系统未上传")
