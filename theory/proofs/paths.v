(* The list of paths is complete and without repeats; a path sum by the last edge. *)
From mathcomp Require Import all_ssreflect all_algebra.
Require Import dags.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

Section Paths.
Variable G : dag.
Implicit Types (x o v : node G) (p q : seq (edge G)).

Lemma path_length x p o : is_path x p o -> (size p + number x <= number o)%N.
Proof.
elim: p o => [|e p IH] o /=; first by move/eqP->.
case/andP => /eqP <- /IH le_tail.
by rewrite addSn; apply: leq_ltn_trans le_tail (goes_forward e).
Qed.

Lemma mem_paths_up_to k x p o : (p \in paths_up_to k x o) = is_path x p o && (size p <= k)%N.
Proof.
elim: k p o => [|k IH] p o /=; rewrite mem_cat.
  rewrite in_nil orbF leqn0 size_eq0.
  case: p => [|e p] /=; last by rewrite andbF; case: (x == o); rewrite ?inE.
  by rewrite andbT; case: (x == o).
case: p => [|e p] /=.
  rewrite andbT; case: (x == o) => //=; apply/negP => /flattenP[s /mapP[e _ ->]].
  by case/mapP.
rewrite (_ : (e :: p \in if x == o then [:: [::]] else [::]) = false) /=; last first.
  by case: (x == o); rewrite ?inE.
apply/flattenP/idP => [[s /mapP[f]]|].
  rewrite mem_filter => /andP[/eqP hf _] -> /mapP[q q_in [-> ->]].
  by move: q_in; rewrite IH hf eqxx.
case/andP => /andP[/eqP he pth] le_k.
exists [seq e :: q | q <- paths_up_to k x (tail e)].
  by apply/mapP; exists e => //; rewrite mem_filter he eqxx mem_enum.
by apply/mapP; exists p => //; rewrite IH pth.
Qed.

(* The list of paths is complete, and holds nothing but paths. *)
Theorem paths_complete x p o : (p \in paths x o) = is_path x p o.
Proof.
rewrite mem_paths_up_to; case pth: (is_path x p o) => //=.
exact: leq_trans (leq_addr _ _) (path_length pth).
Qed.

Lemma uniq_flatten_conses (s : seq (edge G)) (f : edge G -> seq (seq (edge G))) :
  uniq s -> (forall e, uniq (f e)) -> uniq (flatten [seq [seq e :: q | q <- f e] | e <- s]).
Proof.
move=> + uniq_f; elim: s => //= e s IH /andP[e_notin /IH uniq_s].
rewrite cat_uniq uniq_s andbT map_inj_uniq ?uniq_f /=; last by move=> ? ? [].
apply/hasPn => p /flattenP[t /mapP[e' e'_in ->] /mapP[q _ ->]].
by apply/negP => /mapP[q' _ [ee' _]]; move: e_notin; rewrite -ee' e'_in.
Qed.

(* No path is listed twice. *)
Theorem paths_uniq x o : uniq (paths x o).
Proof.
rewrite /paths; move: (number o) => k; elim: k o => [|k IH] v /=; rewrite cat_uniq.
  by case: (x == v).
have -> : uniq (flatten [seq [seq e :: q | q <- paths_up_to k x (tail e)]
                        | e <- enum (edge G) & head e == v]).
  by apply: uniq_flatten_conses => [|e]; [rewrite filter_uniq ?enum_uniq | apply: IH].
rewrite (_ : uniq _) ?andbT /=; last by case: (x == v).
apply/hasPn => p /flattenP[t /mapP[e _ ->] /mapP[q _ ->]].
by case: (x == v); rewrite ?inE.
Qed.

(* A sum over paths, by their last edge. *)
Lemma sum_by_last_edge (R : ringType) (f : seq (edge G) -> R) x o :
  \sum_(p <- paths x o) f p =
  (x == o)%:R * f [::] + \sum_(e | head e == o) \sum_(p <- paths x (tail e)) f (e :: p).
Proof.
have perm : perm_eq (paths x o) ((if x == o then [:: [::]] else [::]) ++
    flatten [seq [seq e :: q | q <- paths x (tail e)] | e <- enum (edge G) & head e == o]).
  apply: uniq_perm; first exact: paths_uniq.
    rewrite cat_uniq.
    have -> : uniq (flatten [seq [seq e :: q | q <- paths x (tail e)]
                            | e <- enum (edge G) & head e == o]).
      by apply: uniq_flatten_conses => [|e]; [rewrite filter_uniq ?enum_uniq | apply: paths_uniq].
    rewrite (_ : uniq _) ?andbT /=; last by case: (x == o).
    apply/hasPn => p /flattenP[t /mapP[e _ ->] /mapP[q _ ->]].
    by case: (x == o); rewrite ?inE.
  move=> p; rewrite paths_complete mem_cat; case: p => [|e p] /=.
    case: (x == o) => //=; apply/esym/negP => /flattenP[s /mapP[e _ ->]].
    by case/mapP.
  rewrite (_ : (e :: p \in if x == o then [:: [::]] else [::]) = false) /=; last first.
    by case: (x == o); rewrite ?inE.
  apply/idP/flattenP => [/andP[/eqP he pth]|[s /mapP[f']]].
    exists [seq e :: q | q <- paths x (tail e)].
      by apply/mapP; exists e => //; rewrite mem_filter he eqxx mem_enum.
    by apply/mapP; exists p => //; rewrite paths_complete.
  rewrite mem_filter => /andP[/eqP hf _] -> /mapP[q q_in [-> ->]].
  by move: q_in; rewrite paths_complete hf eqxx.
rewrite (perm_big _ perm) big_cat; congr (_ + _).
  by case: (x == o); rewrite ?big_seq1 ?big_nil ?mul1r ?mul0r.
rewrite big_flatten big_map big_filter big_enum_cond /=.
by apply: eq_bigr => e _; rewrite big_map.
Qed.

Lemma path_sum_by_last_edge x o :
  path_sum x o =
  (x == o)%:R + (in_degree o)%:R^-1 * \sum_(e | head e == o) path_sum x (tail e).
Proof.
rewrite /path_sum sum_by_last_edge big_nil mulr1; congr (_ + _).
rewrite mulr_sumr; apply: eq_bigr => e /eqP he.
by rewrite mulr_sumr; apply: eq_bigr => p _; rewrite big_cons he.
Qed.

Lemma sourceP v e : source v -> @head G e == v = false.
Proof. by move/eqP/card0_eq/(_ e). Qed.

(* No edge goes back to where a path began. *)
Lemma no_cycle x p : is_path x p x -> p = [::].
Proof.
by move/path_length; rewrite -{2}[number x]add0n leq_add2r leqn0 size_eq0 => /eqP.
Qed.

Lemma path_sum_nonneg x o : (0 <= path_sum x o)%R.
Proof.
apply: Num.Theory.sumr_ge0 => p _; apply: Num.Theory.prodr_ge0 => e _.
by rewrite Num.Theory.invr_ge0 Num.Theory.ler0n.
Qed.

End Paths.
