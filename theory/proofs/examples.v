(* Concrete networks: each definition does what it should on one of them, and a false neighbour of
   each definition or lemma is refuted by another. *)
From mathcomp Require Import all_ssreflect all_algebra.
Require Import dags paths lemma_7 lemma_8 lists.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* A sum over the inputs 0, ..., k - 1 of a network that a list gives. *)
Definition first (G : dag) (k : nat) : {set node G} := [set v | (number v < k)%N].

(* 0 => 2 (twice), 1 -> 2, 2 -> 3, 0 -> 3: two parallel edges and a skip. *)
Definition parallel_edges : seq (nat * nat) := [:: (0, 2); (0, 2); (1, 2); (2, 3); (0, 3)]%N.
Lemma parallel_ok : well_formed 4 parallel_edges. Proof. by []. Qed.
Definition parallel : dag := dag_of_list parallel_ok.
Definition parallel_node (v : nat) (lt : (v < 4)%N) : node parallel := Ordinal lt.

Example parallel_in_degree : in_degree (parallel_node (isT : 2 < 4)%N) = 3%N.
Proof. by rewrite in_degree_listed. Qed.

(* False neighbour: the in-degree does not count predecessors. *)
Example in_degree_is_not_predecessors :
  in_degree (parallel_node (isT : 2 < 4)%N) <> size (undup [seq e.1 | e <- parallel_edges & e.2 == 2%N]).
Proof. by rewrite in_degree_listed. Qed.

Example parallel_paths :
  size (paths (parallel_node (isT : 0 < 4)%N) (parallel_node (isT : 3 < 4)%N)) = 3%N.
Proof.
by rewrite -(size_map (fun p => [seq in_degree (head e) | e <- p])) degrees_listed.
Qed.

Example parallel_path_sum :
  path_sum (parallel_node (isT : 0 < 4)%N) (parallel_node (isT : 3 < 4)%N) = 5%:R / 6%:R.
Proof. by rewrite path_sum_computed; apply/eqP; vm_compute. Qed.

(* 0 -> 2 -> 3, 1 -> 3: the converse of Lemma 8 is false. *)
Definition bypass_edges : seq (nat * nat) := [:: (0, 2); (2, 3); (1, 3)]%N.
Lemma bypass_ok : well_formed 4 bypass_edges. Proof. by []. Qed.
Definition bypass : dag := dag_of_list bypass_ok.
Definition bypass_output : node bypass := Ordinal (isT : 3 < 4)%N.

Lemma bypass_inputs (v : node bypass) : (v \in first bypass 2) = source v.
Proof. by rewrite inE source_listed; case: v => [[|[|[|[|]]]]]. Qed.

Theorem converse_of_lemma_8_fails :
  exists (G : dag) (inputs : {set node G}) (o : node G),
    [/\ forall v, (v \in inputs) = source v,
        {in inputs, forall x, path_sum x o = #|inputs|%:R^-1} &
        ~ symmetric inputs o].
Proof.
exists bypass, (first bypass 2), bypass_output; split; first exact: bypass_inputs.
  have card_inputs : #|first bypass 2| = 2%N.
    rewrite cardE /enum_mem -enumT /= -(size_map val) /=.
    rewrite (@eq_filter _ _ (preim val (fun v => v < 2)%N)) => [|i]; last by rewrite /= inE.
    by rewrite -filter_map val_enum_ord.
  move=> x; rewrite card_inputs inE path_sum_computed.
  by case: x => [[|[|[|[|]]]] // lt] _; apply/eqP; vm_compute.
have in0 : (Ordinal (isT : 0 < 4)%N : node bypass) \in first bypass 2 by rewrite inE.
have in1 : (Ordinal (isT : 1 < 4)%N : node bypass) \in first bypass 2 by rewrite inE.
by move=> /(_ _ _ in0 in1); rewrite !path_degrees_listed.
Qed.

(* Without (S) path sums need not be 1/d: 0 -> 2, 0 -> 2, 1 -> 2. *)
Definition unequal_edges : seq (nat * nat) := [:: (0, 2); (0, 2); (1, 2)]%N.
Lemma unequal_ok : well_formed 3 unequal_edges. Proof. by []. Qed.

Theorem lemma_8_needs_symmetry :
  exists (G : dag) (inputs : {set node G}) (o : node G),
    (forall v, (v \in inputs) = source v) /\
    exists2 x, x \in inputs & path_sum x o <> #|inputs|%:R^-1.
Proof.
exists (dag_of_list unequal_ok), (first _ 2), (Ordinal (isT : 2 < 3)%N); split.
  by move=> v; rewrite inE source_listed; case: v => [[|[|[|]]]].
exists (Ordinal (isT : 0 < 3)%N); first by rewrite inE.
have card_inputs : #|first (dag_of_list unequal_ok) 2| = 2%N.
  rewrite cardE /enum_mem -enumT /= -(size_map val) /=.
  rewrite (@eq_filter _ _ (preim val (fun v => v < 2)%N)) => [|i]; last by rewrite /= inE.
  by rewrite -filter_map val_enum_ord.
by rewrite card_inputs path_sum_computed; apply/eqP; vm_compute.
Qed.

(* 0 -> 2, 1 -> 2, where 1 is a bias node and not an input. *)
Definition bias_edges : seq (nat * nat) := [:: (0, 2); (1, 2)]%N.
Lemma bias_ok : well_formed 3 bias_edges. Proof. by []. Qed.

Theorem lemma_7_needs_all_sources :
  exists (G : dag) (inputs : {set node G}) (o : node G),
    {in inputs, forall v, source v} /\ \sum_(x in inputs) path_sum x o = 2%:R^-1.
Proof.
pose x : node (dag_of_list bias_ok) := Ordinal (isT : 0 < 3)%N.
exists (dag_of_list bias_ok), [set x], (Ordinal (isT : 2 < 3)%N); split.
  by move=> v; rewrite inE => /eqP->; rewrite source_listed.
by rewrite big_set1 path_sum_computed; apply/eqP; vm_compute.
Qed.
