(* Lemma 8 (Eq. 12): under (S) the path sum of each of the d inputs is 1/d. *)
From mathcomp Require Import all_ssreflect all_algebra.
Require Import dags paths lemma_7.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* The multiset of path-degrees as a polynomial: each in-degree d has a variable, and t gives it a
   value.  This is the value of the polynomial. *)
Definition value (R : comRingType) (t : nat -> R) (degrees : seq (seq nat)) : R :=
  \sum_(m <- degrees) \prod_(d <- m) t d.

Section Lemma8.
Variable G : dag.

Lemma value_of_paths (R : comRingType) (t : nat -> R) (x o : node G) :
  value t [seq path_degree p | p <- paths x o] =
  \sum_(p <- paths x o) \prod_(e <- p) t (in_degree (head e)).
Proof.
rewrite /value big_map; apply: eq_bigr => p _; rewrite /path_degree.
by rewrite (perm_big _ (permEl (perm_sort leq _))) big_map.
Qed.

(* A path sum is determined by the multiset of path-degrees: it is a value of its polynomial. *)
Lemma path_sum_is_a_value (x o : node G) :
  path_sum x o = value (fun d => d%:R^-1) [seq path_degree p | p <- paths x o].
Proof. by rewrite value_of_paths. Qed.

(* Under (S) all values of the polynomials agree. *)
Lemma symmetric_values (R : comRingType) (t : nat -> R) (inputs : {set node G}) o :
  symmetric inputs o -> {in inputs &, forall x y,
    \sum_(p <- paths x o) \prod_(e <- p) t (in_degree (head e)) =
    \sum_(p <- paths y o) \prod_(e <- p) t (in_degree (head e))}.
Proof.
by move=> sym x y x_in y_in; rewrite -!value_of_paths; apply/perm_big/sym.
Qed.

Theorem lemma_8 (inputs : {set node G}) (o : node G) :
  (forall v, (v \in inputs) = source v) -> symmetric inputs o ->
  {in inputs, forall x,
    \sum_(p <- paths x o) \prod_(e <- p) (in_degree (head e))%:R^-1 = #|inputs|%:R^-1 :> rat}.
Proof.
move=> inputs_sources sym x x_in.
have := lemma_7 o inputs_sources.
rewrite (eq_bigr (fun=> path_sum x o)) => [|y y_in]; last first.
  exact: (@symmetric_values _ (fun d => d%:R^-1) _ _ sym y x y_in x_in).
rewrite sumr_const -[LHS]mulr_natl => total.
have d_neq0 : #|inputs|%:R != 0 :> rat by rewrite pnatr_eq0 -lt0n; apply/card_gt0P; exists x.
by apply: (mulfI d_neq0); rewrite total mulfV.
Qed.

End Lemma8.
