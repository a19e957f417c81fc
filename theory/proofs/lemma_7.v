(* Lemma 7 (Eq. 11) at any node o, and what happens where a source is no input. *)
From mathcomp Require Import all_ssreflect all_algebra.
Require Import dags paths.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Lemma7.
Variable G : dag.

(* The random walk from o ends at some source. *)
Theorem walk_ends_at_a_source (o : node G) : \sum_(x | source x) path_sum x o = 1.
Proof.
have [m] := ubnP (number o); elim: m o => // m IH o; rewrite ltnS => le_m.
under eq_bigr => x _ do rewrite path_sum_by_last_edge.
rewrite big_split /= -mulr_sumr exchange_big /=.
have tails e : head e == o -> \sum_(x | source x) path_sum x (tail e) = 1.
  by move/eqP=> he; apply: IH; apply: leq_trans le_m; rewrite -he goes_forward.
rewrite (eq_bigr _ tails) sumr_const.
have [src_o|inner_o] := boolP (source o).
  rewrite (bigD1 o) //= eqxx big1 => [|x /andP[_ /negbTE->]] //.
  by rewrite /source /in_degree in src_o; rewrite (eqP src_o) mulr0 !addr0.
rewrite big1 ?add0r => [|x src_x]; last by case: eqP src_x inner_o => // <- ->.
by rewrite mulVf // pnatr_eq0.
Qed.

(* Lemma 7: where the inputs are all the sources, the path sums of all inputs add to 1. *)
Theorem lemma_7 (inputs : {set node G}) (o : node G) :
  (forall v, (v \in inputs) = source v) ->
  \sum_(x in inputs) \sum_(p <- paths x o) \prod_(e <- p) (in_degree (head e))%:R^-1 = 1 :> rat.
Proof.
by move=> inputs_sources; rewrite (eq_bigl _ _ inputs_sources); exact: walk_ends_at_a_source.
Qed.

(* Where some sources are no inputs, such as bias nodes, what their paths carry is missing. *)
Theorem lemma_7_with_bias (inputs : {set node G}) (o : node G) :
  {in inputs, forall v, source v} ->
  \sum_(x in inputs) path_sum x o = 1 - \sum_(b | source b && (b \notin inputs)) path_sum b o.
Proof.
move=> inputs_sources; rewrite -(walk_ends_at_a_source o).
rewrite [X in _ = X - _](bigID (mem inputs)) /= addrK.
by apply: eq_bigl => x; case: (boolP (x \in inputs)) => [/inputs_sources->|]; rewrite ?andbF.
Qed.

(* It fails whenever a path leads from such a node to o. *)
Theorem lemma_7_fails_with_bias (inputs : {set node G}) (o b : node G) p :
  {in inputs, forall v, source v} -> source b -> b \notin inputs -> is_path b p o ->
  \sum_(x in inputs) path_sum x o < 1.
Proof.
move=> inputs_sources src_b out_b pth; rewrite lemma_7_with_bias // ltr_subl_addr ltr_addl.
rewrite (bigD1 b) ?src_b //= ltr_paddr ?sumr_ge0 //.
  by move=> x _; apply: path_sum_nonneg.
rewrite /path_sum (bigD1_seq p) ?paths_uniq ?paths_complete //= ltr_paddr ?sumr_ge0 //.
  by move=> q _; apply: prodr_ge0 => e _; rewrite invr_ge0 ler0n.
apply: prodr_gt0 => e _; rewrite invr_gt0 ltr0n.
by apply/card_gt0P; exists e; rewrite inE.
Qed.

End Lemma7.
